import { expect, it } from "vitest";
import { csvText } from "./csv";
import { fileName } from "./download";

it("quotes what needs it and leaves missing cells empty", () => {
  expect(csvText([["a,b", 'say "hi"', null, 1.5, true]])).toBe('"a,b","say ""hi""",,1.5,true\r\n');
});

it("text never becomes a formula, numbers keep their sign", () => {
  expect(csvText([["=1+1", "-x", -2]])).toBe("'=1+1,'-x,-2\r\n");
});

it("file names hold nothing that a system refuses", () => {
  expect(fileName("IoU / road: 50%", "csv")).toBe("IoU-road-50.csv");
  expect(fileName("../..", "svg")).toBe("download.svg");
});
