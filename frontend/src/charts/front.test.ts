import { expect, it } from "vitest";
import { frontOf, frontPath, type Values } from "./front";

it("keeps what no other one beats", () => {
  const entries: Values[] = [[1, 5], [2, 2], [5, 1], [3, 3], null, [2, 2], [Number.NaN, 0]];
  expect(frontOf(entries, [true, true])).toEqual(new Set([0, 1, 2, 5]));
  expect(frontOf(entries, [false, false])).toEqual(new Set([0, 2, 3]));
  expect(frontOf(entries, [true, false])).toEqual(new Set([0]));
});

it("agrees with comparing everybody to everybody", () => {
  const entries = Array.from({ length: 200 }, (_, index) =>
    [0.618, 0.414, 0.732].map((step) => Math.round(((index * step) % 1) * 20)),
  );
  const isBeaten = (a: number[]) =>
    entries.some(
      (b) => b.every((value, at) => value <= (a[at] ?? 0)) && b.some((value, at) => value < (a[at] ?? 0)),
    );
  const expected = [...entries.keys()].filter((index) => !isBeaten(entries[index] ?? []));
  expect([...frontOf(entries, [true, true, true])].sort((a, b) => a - b)).toEqual(expected);
});

it("steps from point to point where both values are still reached", () => {
  const points = [
    { x: 30, y: 10 },
    { x: 10, y: 40 },
  ];
  expect(frontPath(points, true)).toBe("M10.0,40.0H30.0V10.0");
  expect(frontPath(points, false)).toBe("M30.0,10.0H10.0V40.0");
  expect(frontPath([], true)).toBe("");
});
