import { expect, it } from "vitest";
import { movedCursor } from "./useGridKeys";

const at = (cursor: number | null, total = 100) => ({ cursor, total, pageRows: 20 });

it("arrows, pages and ends move the cursor within the list", () => {
  expect(movedCursor("ArrowDown", at(5))).toBe(6);
  expect(movedCursor("ArrowUp", at(0))).toBe(0);
  expect(movedCursor("PageDown", at(90))).toBe(99);
  expect(movedCursor("PageUp", at(90))).toBe(70);
  expect(movedCursor("End", at(3))).toBe(99);
  expect(movedCursor("Home", at(3))).toBe(0);
});

it("the first arrow goes to the first row", () => {
  expect(movedCursor("ArrowDown", at(null))).toBe(0);
});

it("other keys and empty lists move nothing", () => {
  expect(movedCursor("a", at(3))).toBeUndefined();
  expect(movedCursor("ArrowDown", at(null, 0))).toBeUndefined();
});
