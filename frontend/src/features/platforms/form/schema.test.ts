import { expect, it } from "vitest";
import { fieldsOf } from "./schema";

const SCHEMA = {
  type: "object",
  properties: {
    host: { anyOf: [{ type: "string" }, { type: "null" }], description: "Where.", examples: ["gpu1"] },
    slots: {
      anyOf: [{ type: "integer" }, { const: "gpus", type: "string" }, { type: "null" }],
      default: null,
    },
    setup: { type: "array", items: { type: "string" }, default: [], examples: [["a", "b"]] },
    environment: { type: "object", additionalProperties: { type: "string" }, default: {} },
    stage: { type: "boolean", default: true },
    grace: { type: "integer", default: 10 },
    code_limit: { type: "integer", default: 104857600, examples: ["500M"] },
    limits: { anyOf: [{ $ref: "#/$defs/Limits" }, { type: "null" }] },
  },
  $defs: { Limits: { type: "object", properties: { time: { type: "string", description: "How long." } } } },
};

it("gives every setting a field that fits what it may be", () => {
  const kinds = fieldsOf(SCHEMA).map(({ path, kind }) => [path, kind]);
  expect(kinds).toEqual([
    ["host", "text"],
    ["slots", "loose"],
    ["setup", "lines"],
    ["environment", "pairs"],
    ["stage", "switch"],
    ["grace", "number"],
    ["code_limit", "loose"],
    ["limits.time", "text"],
  ]);
});

it("shows an example, or else the default, and what the setting means", () => {
  const fields = new Map(fieldsOf(SCHEMA).map((field) => [field.path, field]));
  expect(fields.get("host")).toMatchObject({ help: "Where.", example: "gpu1" });
  expect(fields.get("setup")?.example).toBe("a\nb");
  expect(fields.get("grace")?.example).toBe("10");
  expect(fields.get("environment")?.example).toBe("");
  expect(fields.get("limits.time")?.help).toBe("How long.");
});

it("makes nothing of a schema that describes nothing", () => {
  expect(fieldsOf({})).toEqual([]);
  expect(fieldsOf({ properties: { a: { $ref: "#/$defs/gone" }, b: 1 } })).toEqual([
    { path: "a", kind: "loose", help: "", example: "" },
  ]);
});
