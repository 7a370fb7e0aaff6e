import { expect, it } from "vitest";
import { searchAssist } from "./searchYaml";

const text = (description: string) => ({ description, type: "string" });
/** Small, in the forms that the server's schema has. */
const SCHEMA = {
  description: "A search.",
  type: "object",
  required: ["params"],
  properties: {
    algorithm: { ...text("What chooses."), enum: ["auto", "grid", "tpe"], default: "auto" },
    type: { ...text("Old."), deprecated: true },
    objective: { $ref: "#/$defs/objective" },
    early_stopping: {
      description: "Stops trials.",
      anyOf: [
        { enum: ["none", "asha", false] },
        {
          type: "object",
          properties: {
            rule: { anyOf: [{ enum: ["asha", "median"] }, { type: "array", items: { enum: ["asha"] } }] },
            epochs_param: text("Where max_epochs is."),
            stop_on_nan: { description: "At once.", type: "boolean", default: true },
          },
        },
      ],
    },
    params: {
      description: "What varies.",
      anyOf: [
        {
          type: "object",
          additionalProperties: { anyOf: [{ $ref: "#/$defs/parameter" }, { type: "array" }] },
        },
        { type: "array", items: { $ref: "#/$defs/listed" } },
      ],
    },
    try_first: { type: "array", items: { anyOf: [{ const: "base" }, { type: "object" }] } },
    repeats: { type: "object", properties: { param: text("The seed.") } },
    platforms: { type: "array", items: { anyOf: [{ type: "string" }, { $ref: "#/$defs/place" }] } },
  },
  $defs: {
    objective: {
      description: "What is to become small.",
      type: "object",
      required: ["metric"],
      properties: {
        summary: { ...text("Which counts."), default: "best", examples: ["best", "last"] },
        metric: text("Its name."),
      },
    },
    parameter: {
      type: "object",
      properties: {
        low: { description: "The lowest.", type: "number" },
        log: { description: "By decades.", type: "boolean", default: false },
        when: { description: "Only while.", type: "object", additionalProperties: {} },
        same_as: text("Copies."),
      },
    },
    listed: { type: "object", properties: { param: text("The path."), low: { type: "number" } } },
    place: {
      type: "object",
      properties: { platform: text("Its name."), set: { type: "object", description: "Others." } },
    },
  },
};
const CONFIG = `training:
  lr: 0.1
  wd: 0.1
  optimizer: {name: sgd}
script: train.py
`;
const assist = searchAssist(SCHEMA, ["local", "slurm"]);

function suggested(marked: string) {
  const offset = marked.indexOf("^");
  return assist.suggest(marked.replace("^", ""), offset);
}

function labels(marked: string) {
  return suggested(marked)?.items.map(({ label }) => label);
}

it("offers the section's keys, required ones first, without those given or obsolete", () => {
  expect(labels("hpsearch:\n  algorithm: tpe\n  ^")).toEqual([
    "params",
    "objective",
    "early_stopping",
    "try_first",
    "repeats",
    "platforms",
  ]);
  const [first] = suggested("hpsearch:\n  al^")?.items.slice(1) ?? [];
  expect(first).toEqual({
    label: "algorithm",
    kind: "key",
    insert: "algorithm: ",
    detail: "default auto",
    description: "What chooses.",
  });
});

it("begins a section on a line of its own, but not between brackets", () => {
  const inserted = (marked: string) =>
    suggested(marked)?.items.find(({ label }) => label === "objective")?.insert;
  expect(inserted("hpsearch:\n  ^")).toBe("objective:\n    ");
  expect(inserted("hpsearch: {^")).toBe("objective: ");
});

it("replaces what is written of the word", () => {
  expect(suggested("hpsearch:\n  algorithm: gr^")).toMatchObject({ from: 23 });
});

it("offers words where the schema has some, also behind references", () => {
  expect(labels("hpsearch:\n  algorithm: ^")).toEqual(["auto", "grid", "tpe"]);
  expect(suggested("hpsearch:\n  algorithm: ^")?.items[0]?.detail).toBe("the default");
  expect(labels("hpsearch:\n  objective: {summary: ^")).toEqual(["best", "last"]);
  expect(labels("hpsearch:\n  early_stopping: ^")).toEqual(["none", "asha", "false"]);
  expect(labels("hpsearch:\n  early_stopping:\n    rule: [^")).toEqual(["asha"]);
  expect(labels("hpsearch:\n  early_stopping: {stop_on_nan: ^")).toEqual(["true", "false"]);
});

it("offers this file's paths where a parameter is named", () => {
  const paths = ["training.lr", "training.wd", "training.optimizer.name"];
  expect(labels(`${CONFIG}hpsearch:\n  params:\n    ^`)).toEqual(paths);
  expect(labels(`${CONFIG}hpsearch:\n  params:\n    training.wd: [1]\n    tr^`)).toEqual([
    paths[0],
    paths[2],
  ]);
  expect(labels(`${CONFIG}hpsearch:\n  params:\n    - param: ^`)).toEqual(paths);
  expect(labels(`${CONFIG}hpsearch:\n  repeats: {param: ^`)).toEqual(paths);
  expect(labels(`${CONFIG}hpsearch:\n  early_stopping: {epochs_param: ^`)).toEqual(paths);
  expect(labels(`${CONFIG}hpsearch:\n  platforms:\n    - set: {^`)).toEqual(paths);
  expect(suggested(`${CONFIG}hpsearch:\n  params:\n    ^`)?.items[0]?.insert).toBe("training.lr: ");
});

it("offers searched paths where a parameter depends on another, in either form", () => {
  const mapped = `${CONFIG}hpsearch:\n  params:\n    training.lr: [1]\n    training.wd: `;
  expect(labels(`${mapped}{when: {^`)).toEqual(["training.lr", "training.wd"]);
  expect(labels(`${mapped}{same_as: ^`)).toEqual(["training.lr", "training.wd"]);
  const listed = `${CONFIG}hpsearch:\n  params:\n    - param: training.lr\n  try_first:\n    - {^`;
  expect(labels(listed)).toEqual(["training.lr"]);
});

it("offers an item as a word, and as a section to begin", () => {
  expect(labels("hpsearch:\n  try_first: [^")).toEqual(["base"]);
  expect(labels("hpsearch:\n  platforms:\n    - ^")).toEqual(["local", "slurm", "platform", "set"]);
  expect(labels("hpsearch:\n  platforms:\n    - platform: ^")).toEqual(["local", "slurm"]);
});

it("offers a parameter's keys", () => {
  expect(labels(`${CONFIG}hpsearch:\n  params:\n    training.lr: {low: 1, ^`)).toEqual([
    "log",
    "when",
    "same_as",
  ]);
  expect(labels(`${CONFIG}hpsearch:\n  params:\n    - param: training.lr\n      ^`)).toEqual(["low"]);
});

it("offers the section itself once, and is silent in the rest of the file", () => {
  expect(labels("a: 1\nhp^")).toEqual(["hpsearch"]);
  expect(labels("hpsearch:\n  algorithm: tpe\nhp^")).toBeUndefined();
  expect(labels("training:\n  ^")).toBeUndefined();
  expect(labels("training: {lr: ^")).toBeUndefined();
});

it("explains the key under the pointer", () => {
  const marked = "hpsearch:\n  algo^rithm: tpe\n";
  const explained = assist.explain(marked.replace("^", ""), marked.indexOf("^"));
  expect(explained).toEqual({
    from: 12,
    to: 21,
    title: "algorithm",
    description: "What chooses.",
    fallback: "auto",
    values: ["auto", "grid", "tpe"],
  });
  expect(assist.explain("hpsearch:\n", 3)?.description).toBe("A search.");
  expect(assist.explain("hpsearch:\n  nothing: 1\n", 14)).toBeNull();
  expect(assist.explain("training:\n  algorithm: 1\n", 14)).toBeNull();
  const deep = "hpsearch:\n  params:\n    a.b: {log: true}\n";
  expect(assist.explain(deep, deep.indexOf("log"))?.description).toBe("By decades.");
});
