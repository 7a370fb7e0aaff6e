import { expect, it } from "vitest";
import { smoothed } from "./smoothing";

it("follows the debiased formula", () => {
  const [first, second] = smoothed([1, 2], 0.5);
  expect(first).toBe(1);
  expect(second).toBeCloseTo((0.5 * 0.5 + 0.5 * 2) / 0.75);
});

it("zero weight returns the values", () => {
  expect(smoothed([3, 1, 2], 0)).toEqual([3, 1, 2]);
});

it("a constant series stays exactly constant", () => {
  expect(smoothed([0.1, 0.1, null, 0.1], 0.97)).toEqual([0.1, 0.1, null, 0.1]);
});

it("gaps stay gaps and do not count", () => {
  const withGap = smoothed([1, null, 2, 5], 0.9);
  expect(withGap[1]).toBeNull();
  expect(withGap.filter((value) => value !== null)).toEqual(smoothed([1, 2, 5], 0.9));
});

it("stays within the values", () => {
  const values = Array.from({ length: 200 }, (_, index) => Math.sin(index * 1.7));
  for (const value of smoothed(values, 0.99)) {
    expect(value).toBeGreaterThanOrEqual(-1);
    expect(value).toBeLessThanOrEqual(1);
  }
});
