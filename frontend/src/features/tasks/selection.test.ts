import { expect, it } from "vitest";
import { formatSelection, parseSelection, withIds } from "./selection";

it("a selection is short text and comes back", () => {
  expect(formatSelection(new Set([12, 4, 5, 6, 9]))).toBe("4-6,9,12");
  expect([...parseSelection("4-6,9,12")]).toEqual([4, 5, 6, 9, 12]);
  expect(formatSelection(new Set())).toBeUndefined();
  expect(parseSelection(undefined).size).toBe(0);
});

it("nonsense selects nothing, and a huge range not more than the server takes", () => {
  expect(parseSelection("a,-3,7-5,0").size).toBe(0);
  expect(parseSelection("1-999999999").size).toBe(10_000);
});

it("ten thousand neighbours are short, a thousand scattered ones stay out of the URL", () => {
  const many = Array.from({ length: 10_000 }, (_, index) => index + 1);
  expect(formatSelection(new Set(many))).toBe("1-10000");
  expect(formatSelection(new Set(many.filter((id) => id % 9 === 0)))).toBeUndefined();
});

it("selects and leaves many at once", () => {
  expect([...withIds(new Set([1]), [2, 3], true)]).toEqual([1, 2, 3]);
  expect([...withIds(new Set([1, 2, 3]), [1, 3], false)]).toEqual([2]);
});
