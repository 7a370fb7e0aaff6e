import { expect, it } from "vitest";
import { withoutSections } from "./configText";

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
