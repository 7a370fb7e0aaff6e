import { expect, it } from "vitest";
import { ansiSegments, markedSegments, matchRanges, plainText, searchPattern } from "./ansi";

const ESC = "\u001b";

it("colours become tokens, decorations classes", () => {
  expect(ansiSegments(`a ${ESC}[1;31mERROR${ESC}[0m b`)).toEqual([
    { text: "a ", classes: [], color: undefined, background: undefined },
    { text: "ERROR", classes: ["ansi-bold"], color: "var(--ansi-red)", background: undefined },
    { text: " b", classes: [], color: undefined, background: undefined },
  ]);
});

it("256 and true colours are mixed with the text's colour", () => {
  expect(ansiSegments(`${ESC}[38;5;196mx`)[0]?.color).toBe(
    "color-mix(in srgb, rgb(255, 0, 0) 45%, var(--text))",
  );
  expect(ansiSegments(`${ESC}[38;2;1;2;3mx`)[0]?.color).toContain("rgb(1, 2, 3)");
});

it("other escape sequences and control characters disappear", () => {
  expect(plainText(ansiSegments(`${ESC}]0;title\u0007a${ESC}[2Kb\u0008${ESC}[?25lc`))).toBe("abc");
});

it("markup is text", () => {
  expect(plainText(ansiSegments("<script>alert(1)</script> &amp;"))).toBe("<script>alert(1)</script> &amp;");
});

it("matches are marked across changes of colour", () => {
  const segments = ansiSegments(`los${ESC}[32ms=0.5${ESC}[0m end`);
  const text = plainText(segments);
  const marked = markedSegments(segments, matchRanges(text, searchPattern("LOSS=", false)));
  expect(marked.map(({ text: part, isMatch }) => [part, isMatch])).toEqual([
    ["los", true],
    ["s=", true],
    ["0.5", false],
    [" end", false],
  ]);
});

it("a plain search takes its characters literally, a broken expression marks nothing", () => {
  expect(matchRanges("a.c abc", searchPattern("a.c", false))).toEqual([[0, 3]]);
  expect(matchRanges("a.c abc", searchPattern("a.c", true))).toEqual([
    [0, 3],
    [4, 7],
  ]);
  expect(searchPattern("(", true)).toBeNull();
  expect(matchRanges("aaa", searchPattern("b*", true))).toEqual([]);
});
