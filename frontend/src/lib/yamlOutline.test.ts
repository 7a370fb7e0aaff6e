import { expect, it } from "vitest";
import { contextAt, outline } from "./yamlOutline";

const TEXT = `# a comment: no key
script: dummy.py
training:
  lr: 0.1   # as ever
  optimizer: {name: sgd, betas: [0.9, 0.99], "odd key": {a: 1}}
  notes: |
    not: a key
  "quoted: key": 1
hpsearch:
  params:
    - param: training.lr
      low: 1
    - {param: training.wd,
       high: 2}
  constraints:
  - a * b <= 3
  - metric(x) < 1
  desc: last
`;

const PATHS = [
  "script",
  "training",
  "training/lr",
  "training/optimizer",
  "training/optimizer/name",
  "training/optimizer/betas",
  "training/optimizer/odd key",
  "training/optimizer/odd key/a",
  "training/notes",
  "training/quoted: key",
  "hpsearch",
  "hpsearch/params",
  "hpsearch/params/0/param",
  "hpsearch/params/0/low",
  "hpsearch/params/1/param",
  "hpsearch/params/1/high",
  "hpsearch/constraints",
  "hpsearch/desc",
];

it("knows every key with its path and where it stands", () => {
  const keys = outline(TEXT);
  expect(keys.map(({ path }) => path.join("/"))).toEqual(PATHS);
  for (const { path, from, to } of keys) {
    expect(TEXT.slice(from, to).replaceAll('"', "")).toBe(String(path.at(-1)));
  }
});

/** The context at the `^` of a text. */
function at(marked: string) {
  const offset = marked.indexOf("^");
  const found = contextAt(marked.replace("^", ""), offset);
  return found && [found.kind, found.path.join("/"), found.text, found.indent];
}

it("tells a key that is begun from its indent", () => {
  expect(at("hpsearch:\n  alg^")).toEqual(["key", "hpsearch", "alg", 2]);
  expect(at("hpsearch:\n  a: 1\n  ^\nb: 1")).toEqual(["key", "hpsearch", "", 2]);
  expect(at("hpsearch:\n  params:\n    training.l^")).toEqual(["key", "hpsearch/params", "training.l", 4]);
  expect(at("hpsearch:\n  a: 1\n^")).toEqual(["key", "", "", 0]);
  expect(at("^")).toEqual(["key", "", "", 0]);
});

it("tells a value from the key before it", () => {
  expect(at("hpsearch:\n  algorithm: t^")).toEqual(["value", "hpsearch/algorithm", "t", 2]);
  expect(at("a:\n- b: ^")).toEqual(["value", "a/0/b", "", 2]);
});

it("tells the items of lists, however far in their dashes stand", () => {
  expect(at("a:\n  - x\n  - ^")).toEqual(["item", "a/1", "", 4]);
  expect(at("a:\n- x: 1\n  y: 2\n- ^")).toEqual(["item", "a/1", "", 2]);
  expect(at("a:\n  - x: 1\n    ^")).toEqual(["key", "a/0", "", 4]);
  expect(at("a:\n  - - p\n    - q^")).toEqual(["item", "a/0/1", "q", 6]);
});

it("tells what stands between brackets, also on further lines", () => {
  expect(at("a: {b: 1, c^")).toEqual(["key", "a", "c", null]);
  expect(at("a: {b: ^}")).toEqual(["value", "a/b", "", null]);
  expect(at("a: [{b: 1}, {c: x^")).toEqual(["value", "a/1/c", "x", null]);
  expect(at("a: [x, ^")).toEqual(["item", "a/1", "", null]);
  expect(at("a: {b: 1,\n    c: [2, 3],\n  d^")).toEqual(["key", "a", "d", null]);
  expect(at("a:\n  b.c: {low: 1, ^")).toEqual(["key", "a/b.c", "", null]);
});

it("says nothing in comments, quotes, long texts and right behind a colon or dash", () => {
  expect(at("a: 1 # x^")).toBeNull();
  expect(at("# x^")).toBeNull();
  expect(at('a: "x^')).toBeNull();
  expect(at("a: {b: 'x, ^")).toBeNull();
  expect(at("a: |\n  b^")).toBeNull();
  expect(at("a:^")).toBeNull();
  expect(at("a:\n  -^")).toBeNull();
  expect(at("a: {b: 1}^")).toBeNull();
});

it("goes on after what is broken", () => {
  expect(at("a: [1, 2]]\nb:\n  ^")).toEqual(["key", "b", "", 2]);
  expect(at("a: 'it''s'\nb: c^")).toEqual(["value", "b", "c", 0]);
  expect(outline("a: b: c\n\t- ?: {").length).toBeGreaterThan(0);
});

it("reads a text of a megabyte in a moment", () => {
  const text = Array.from({ length: 40_000 }, (_, index) => `key_${index}: value ${index}`).join("\n");
  expect(outline(text)).toHaveLength(40_000);
});
