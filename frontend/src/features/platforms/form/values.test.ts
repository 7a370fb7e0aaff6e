import { expect, it } from "vitest";
import type { Field, FieldKind } from "./schema";
import { settingsOf, valuesOf } from "./values";

const field = (path: string, kind: FieldKind): Field => ({ path, kind, help: "", example: "" });
const FIELDS = [
  field("host", "text"),
  field("slots", "loose"),
  field("gpus", "loose"),
  field("setup", "lines"),
  field("environment", "pairs"),
  field("stage", "switch"),
  field("grace", "number"),
  field("resources.time", "text"),
  field("resources.gpus", "number"),
];

it("turns what is typed into settings, and leaves out what is empty", () => {
  const { settings, problems } = settingsOf(FIELDS, {
    host: " alice@gpu1 ",
    slots: "gpus",
    gpus: "[0, 1]",
    setup: "module load a\n\n source b ",
    environment: "A=1\nB = x=y",
    stage: "false",
    grace: "30",
    "resources.time": "3:00:00",
  });
  expect(problems.size).toBe(0);
  expect(settings).toEqual({
    host: "alice@gpu1",
    slots: "gpus",
    gpus: [0, 1],
    setup: ["module load a", "source b"],
    environment: { A: "1", B: "x=y" },
    stage: false,
    grace: 30,
    resources: { time: "3:00:00" },
  });
});

it("gives the form back what it was given", () => {
  const settings = {
    host: "gpu1",
    slots: 4,
    gpus: ["0", "1"],
    setup: ["a", "b"],
    environment: { A: "1" },
    stage: true,
    grace: 5,
    resources: { time: "90m", gpus: 2 },
  };
  expect(settingsOf(FIELDS, valuesOf(FIELDS, settings)).settings).toEqual(settings);
});

it("says which field cannot be read", () => {
  const { problems } = settingsOf(FIELDS, { gpus: "[0", environment: "no pair", grace: "soon" });
  expect(Object.fromEntries(problems)).toEqual({
    gpus: "A comma or a closing ] is missing.",
    environment: "Write one NAME=value a line; `no pair` is none.",
    grace: "soon is no number.",
  });
});
