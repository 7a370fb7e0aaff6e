import { expect, it } from "vitest";
import { type Draft, EMPTY_DRAFT } from "./draft";
import { placed, verdict } from "./placement";
import { yamlKeys } from "./yamlKeys";

const FILE: Draft = { ...EMPTY_DRAFT, config: "a.yaml" };
const WRITTEN: Draft = { ...EMPTY_DRAFT, source: "text", written: "x" };

it("puts a problem of a field at the field", () => {
  const { fields, editor, other } = placed(
    [
      { path: "script", message: "There is no nope.py." },
      { path: "platform", message: "Unknown." },
      { path: "tags.0", message: "Too long." },
    ],
    FILE,
    [],
  );
  expect(fields).toEqual({ script: "There is no nope.py.", platform: "Unknown.", tags: "Too long." });
  expect([editor, other]).toEqual([[], []]);
});

it("puts a problem with a line into the editor, whatever its path", () => {
  const { editor, fields } = placed(
    [
      { path: "config", message: "A colon is missing.", line: 3, column: 7 },
      { path: "hpsearch.params.0.lo", message: "lo > hi", line: 9, column: 5 },
    ],
    FILE,
    [],
  );
  expect(editor.map(({ line, column }) => [line, column])).toEqual([
    [3, 7],
    [9, 5],
  ]);
  expect(fields).toEqual({});
});

it("finds the line of a key that the server named without one", () => {
  const keys = yamlKeys("hpsearch:\n  params:\n    - lo: 1\n");
  const { editor } = placed([{ path: "hpsearch.params.0.lo", message: "no" }], FILE, keys);
  expect(editor).toMatchObject([{ line: 3, column: 7 }]);
});

it("keeps warnings apart: they are marked in the text, and stop nobody", () => {
  const keys = yamlKeys("hpsearch:\n  n_trials: 3\n");
  const warnings = [
    { path: "hpsearch.n_trials", message: "Few." },
    { path: "hpsearch.seed", message: "Odd.", line: 2, column: 3 },
    { path: "", message: "Strange." },
  ];
  const placement = placed([], WRITTEN, keys, warnings);
  expect(placement.warnings).toEqual([
    { line: 2, column: 3, message: "Few.", severity: "warning" },
    { line: 2, column: 3, message: "Odd.", severity: "warning" },
    { line: 1, column: 1, message: "Strange.", severity: "warning" },
  ]);
  expect(verdict(placement)).toBeNull();
});

it("puts a problem of the whole YAML at the file's field, or over the written text", () => {
  const problem = [{ path: "config_text", message: "Not a mapping." }];
  expect(placed(problem, FILE, []).fields.config).toBe("Not a mapping.");
  expect(placed(problem, WRITTEN, []).other).toEqual(["Not a mapping."]);
});

it("puts a problem of an override at its row, also when the YAML is wrong because of it", () => {
  const draft: Draft = { ...FILE, overrides: [{ id: 1, path: " hpsearch.params.0.lo ", text: "9" }] };
  expect(
    placed([{ path: "overrides.hpsearch.params.0.lo", message: "No such key." }], draft, []).overrides,
  ).toEqual(new Map([["hpsearch.params.0.lo", "No such key."]]));
  const wrong = placed([{ path: "hpsearch.params.0.lo", message: "lo > hi", line: 4, column: 1 }], draft, []);
  expect(wrong.overrides.get("hpsearch.params.0.lo")).toBe("lo > hi");
  expect(wrong.editor).toEqual([]);
});

it("loses no problem", () => {
  const { fields, other } = placed(
    [
      { path: "", message: "Odd." },
      { path: "script", message: "First." },
      { path: "script", message: "Second." },
      { path: "overrides", message: "No row is to blame." },
    ],
    WRITTEN,
    [],
  );
  expect(other).toEqual(["Odd.", "No row is to blame."]);
  expect(fields.script).toBe("First. Second.");
});

it("says in one line what is wrong", () => {
  expect(verdict(placed([], FILE, []))).toBeNull();
  expect(verdict(placed([{ path: "config", message: "Bad.", line: 2, column: 1 }], FILE, []))).toBe(
    "Line 2: Bad.",
  );
  const two = placed(
    [
      { path: "config", message: "Bad.", line: 2 },
      { path: "script", message: "Gone." },
    ],
    FILE,
    [],
  );
  expect(verdict(two)).toBe("2 problems. Gone.");
});
