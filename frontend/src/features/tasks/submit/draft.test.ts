import { expect, it } from "vitest";
import {
  cloneOf,
  type Draft,
  draftOf,
  EMPTY_DRAFT,
  hasConfig,
  isWorthAsking,
  stemOf,
  submissionOf,
} from "./draft";
import { task } from "./testing";

const fromFile: Draft = { ...EMPTY_DRAFT, config: "sweeps/hp_test.yaml", script: "dummy.py" };

it("sends a file by its path, and leaves out what is empty", () => {
  expect(submissionOf(fromFile).body).toEqual({
    config: "sweeps/hp_test.yaml",
    script: "dummy.py",
    overrides: {},
    platform: "local",
    project: "",
    tags: [],
    notes: "",
  });
});

it("sends an edited file as text under the file's name", () => {
  const { body } = submissionOf({ ...fromFile, edited: "a: 1\n" });
  expect(body).toMatchObject({ config_text: "a: 1\n", name: "hp_test" });
  expect(body).not.toHaveProperty("config");
  expect(submissionOf({ ...fromFile, edited: "a: 1\n", name: "mine" }).body.name).toBe("mine");
});

it("sends written YAML without a made-up name", () => {
  const { body } = submissionOf({ ...fromFile, source: "text", written: "b: 2\n" });
  expect(body).toMatchObject({ config_text: "b: 2\n" });
  expect(body).not.toHaveProperty("name");
});

it("reads overrides as YAML and reports each bad row at its path", () => {
  const rows = [
    { id: 1, path: " training.lr ", text: "1e-3" },
    { id: 2, path: "", text: "" },
    { id: 3, path: "training.lr", text: "2" },
    { id: 4, path: "", text: "5" },
    { id: 5, path: "x", text: "" },
    { id: 6, path: "y", text: "[1" },
  ];
  const { body, problems } = submissionOf({ ...fromFile, overrides: rows });
  expect(body.overrides).toEqual({ "training.lr": 0.001 });
  expect(problems.map(({ path }) => path)).toEqual([
    "overrides.training.lr",
    "overrides.",
    "overrides.x",
    "overrides.y",
  ]);
});

it("clones with what was changed, and lets the server keep an unchanged config", () => {
  const original = { task: task({ name: "first", tags: ["a"] }), text: "a: 1\n" };
  const draft = draftOf(original);
  expect(cloneOf(draft, original).body).not.toHaveProperty("config_text");
  expect(cloneOf(draft, original).body).toMatchObject({ name: "first", tags: ["a"], platform: "local" });
  expect(cloneOf({ ...draft, written: "a: 2\n" }, original).body.config_text).toBe("a: 2\n");
});

it("asks before edited YAML, notes or overrides are thrown away, and for nothing less", () => {
  expect(isWorthAsking(fromFile, EMPTY_DRAFT)).toBe(false);
  expect(isWorthAsking({ ...fromFile, tags: ["x"] }, EMPTY_DRAFT)).toBe(false);
  expect(isWorthAsking({ ...fromFile, edited: "a: 1" }, EMPTY_DRAFT)).toBe(true);
  expect(isWorthAsking({ ...fromFile, notes: "why" }, EMPTY_DRAFT)).toBe(true);
  expect(isWorthAsking({ ...fromFile, overrides: [{ id: 1, path: "", text: "" }] }, EMPTY_DRAFT)).toBe(false);
});

it("knows when there is something to launch", () => {
  expect(hasConfig(EMPTY_DRAFT)).toBe(false);
  expect(hasConfig(fromFile)).toBe(true);
  expect(hasConfig({ ...EMPTY_DRAFT, source: "text", written: " \n" })).toBe(false);
});

it.each([
  ["a/b.test.yaml", "b.test"],
  ["plain", "plain"],
  [".hidden", ".hidden"],
])("names %s after %s", (path, stem) => {
  expect(stemOf(path)).toBe(stem);
});
