import { expect, it } from "vitest";
import { withoutOwnOutput, withoutSections } from "./configText";

const TEXT = `script: a.py
hpsearch:
  n_trials: 3
# a remark of the section
  params:
    - {param: lr, lo: 0}
model:
  hpsearch: kept
output_path: /x/y
"quoted": 1
hpsearch: {a: [1,
  2]
}
last: true
`;

it("leaves out whole blocks of the top level, and nothing else", () => {
  expect(withoutSections(TEXT, ["hpsearch", "output_path"])).toBe(
    'script: a.py\nmodel:\n  hpsearch: kept\n"quoted": 1\nlast: true\n',
  );
  expect(withoutSections(TEXT, [])).toBe(TEXT);
});

it("leaves out the output folder that is written into the training's section, in both of YAML's styles", () => {
  const block = "training:\n  epochs: 3\n  output_path: /x/y\nmodel:\n  output_path: kept\n";
  expect(withoutOwnOutput(block)).toBe("training:\n  epochs: 3\nmodel:\n  output_path: kept\n");
  expect(withoutOwnOutput("training: {output_path: /x/y, epochs: 3}\n")).toBe("training: {epochs: 3}\n");
  expect(withoutOwnOutput("training: {output_path: '/x, y'}")).toBe("training: {}");
});
