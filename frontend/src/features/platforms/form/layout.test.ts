import { expect, it } from "vitest";
import { fieldLabel, fieldNamed, fieldOfError, inOrder, laidOut } from "./layout";
import { withResources } from "./resources";
import type { Field } from "./schema";

const field = (path: string): Field => ({ path, kind: "text", help: "", example: "" });
const FIELDS = withResources(["setup", "host", "resources", "poll", "warp_factor"].map(field));

it("puts first what nearly everybody sets, and loses no setting", () => {
  const { first, more } = laidOut("slurm", FIELDS);
  expect(first.map(({ path }) => path)).toEqual([
    "host",
    "resources.account",
    "resources.partition",
    "resources.time",
    "setup",
  ]);
  const all = [...first, ...more.flatMap(({ fields }) => fields)].map(({ path }) => path);
  expect(all.toSorted()).toEqual(FIELDS.map(({ path }) => path).toSorted());
  expect(more.at(-1)).toMatchObject({ title: "Other", fields: [{ path: "warp_factor" }] });
});

it("orders the YAML as the form", () => {
  expect(
    inOrder("slurm", FIELDS)
      .map(({ path }) => path)
      .slice(0, 2),
  ).toEqual(["host", "resources.account"]);
});

it("has something to put first for a type that it has never heard of", () => {
  expect(laidOut("moon", FIELDS).first.length).toBeGreaterThan(0);
  expect(fieldLabel("warp_factor")).toBe("Warp factor");
});

it("finds the field that a problem names", () => {
  expect(fieldNamed("Change its owner, or set `output:` or `host:`.", FIELDS)).toBe("host");
  expect(fieldNamed("sbatch refused the `account` x", FIELDS)).toBe("resources.account");
  expect(fieldNamed("`sbatch` is not there", FIELDS)).toBeNull();
});

it("finds the field of an error, however deep the server says it", () => {
  expect(fieldOfError("platforms.beluga.host", FIELDS)).toBe("host");
  expect(fieldOfError("settings.resources.time", FIELDS)).toBe("resources.time");
  expect(fieldOfError("body.settings.setup.0", FIELDS)).toBe("setup");
  expect(fieldOfError("type", FIELDS)).toBeNull();
});
