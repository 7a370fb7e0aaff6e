import { expect, it } from "vitest";
import { foldedDiff, lineDiff } from "./diff";

const shown = (before: string, after: string) =>
  lineDiff(before, after).map((line) => ({ same: " ", added: "+", removed: "-" })[line.kind] + line.text);

it("a changed line is removed, then added", () => {
  expect(shown("a: 1\nb: 2\nc: 3\n", "a: 1\nb: 5\nc: 3\n")).toEqual([" a: 1", "-b: 2", "+b: 5", " c: 3"]);
});

it("an insertion keeps the lines around it and their numbers", () => {
  expect(lineDiff("a\nb", "a\nx\nb")).toEqual([
    { kind: "same", text: "a", before: 1, after: 1 },
    { kind: "added", text: "x", before: null, after: 2 },
    { kind: "same", text: "b", before: 2, after: 3 },
  ]);
});

it("equal texts and empty texts have no changes to show", () => {
  expect(shown("a\n", "a")).toEqual([" a"]);
  expect(shown("", "")).toEqual([]);
  expect(shown("", "a\n")).toEqual(["+a"]);
});

it("removals and additions rebuild both texts", () => {
  const letters = "abcab".split("");
  for (let round = 0; round < 100; round += 1) {
    const pick = (seed: number) =>
      Array.from({ length: (round * seed) % 9 }, (_, i) => letters[(round * 7 + i * i * seed) % 5]).join(
        "\n",
      );
    const [before, after] = [pick(3), pick(5)];
    const diff = lineDiff(before, after);
    const side = (kind: string) => diff.filter((line) => line.kind !== kind).map((line) => line.text);
    expect(side("added").join("\n")).toBe(before);
    expect(side("removed").join("\n")).toBe(after);
  }
});

it("lines far from changes fold into a count", () => {
  const before = Array.from({ length: 20 }, (_, index) => `line ${index}`).join("\n");
  const parts = foldedDiff(lineDiff(before, before.replace("line 10", "changed")), 2);
  expect(parts[0]).toEqual({ kind: "folded", count: 8, before: 1 });
  expect(parts.at(-1)).toMatchObject({ kind: "folded", count: 7 });
  expect(parts).toHaveLength(8);
});
