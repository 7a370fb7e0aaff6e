import { expect, it } from "vitest";
import { yamlKeys } from "./yamlKeys";

const TEXT = `# a comment
script: dummy.py
training:
  lr: 0.1   # as ever
  optimizer: {name: sgd, momentum: 0.9}
"odd key": 1
hpsearch:
  params:
    - param: training.lr
      lo: -4
`;

it("lists every key with its path, value and place", () => {
  expect(yamlKeys(TEXT)).toEqual([
    { path: "script", value: "dummy.py", line: 2, column: 1 },
    { path: "training", value: null, line: 3, column: 1 },
    { path: "training.lr", value: "0.1", line: 4, column: 3 },
    { path: "training.optimizer", value: null, line: 5, column: 3 },
    { path: "training.optimizer.name", value: "sgd", line: 5, column: 15 },
    { path: "training.optimizer.momentum", value: "0.9", line: 5, column: 26 },
    { path: "odd key", value: "1", line: 6, column: 1 },
    { path: "hpsearch", value: null, line: 7, column: 1 },
    { path: "hpsearch.params", value: null, line: 8, column: 3 },
    { path: "hpsearch.params.0.param", value: "training.lr", line: 9, column: 7 },
    { path: "hpsearch.params.0.lo", value: "-4", line: 10, column: 7 },
  ]);
});

it("reads what it can of a broken text, and nothing of none", () => {
  expect(yamlKeys("a: 1\nb: [1, 2\n").map((key) => key.path)).toContain("a");
  expect(yamlKeys("")).toEqual([]);
  expect(yamlKeys("- just\n- a list\n")).toEqual([]);
});

it("reads a text of a megabyte in a moment", () => {
  const text = Array.from({ length: 40_000 }, (_, index) => `key_${index}: value ${index}`).join("\n");
  expect(yamlKeys(text)).toHaveLength(40_000);
});
