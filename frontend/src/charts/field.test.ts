import { expect, it } from "vitest";
import { placed } from "./dimension";
import { cellsOf, groupOf, interpolated, sampled, supportAt } from "./field";

const numbers = (id: string, values: (number | null)[]) =>
  placed({ id, label: id, kind: "linear", values, domain: [0, 1] });

it("gives a trial's own value at the trial, and means between", () => {
  const field = interpolated(numbers("x", [0, 1]), numbers("y", [0.5, 0.5]), Float64Array.of(0, 1), [21, 21]);
  expect(sampled(field, 0, 0.5).value).toBeCloseTo(0, 2);
  expect(sampled(field, 1, 0.5).value).toBeCloseTo(1, 2);
  expect(sampled(field, 0.5, 0.5).value).toBeCloseTo(0.5, 2);
});

it("stays within what was seen", () => {
  const values = Float64Array.from({ length: 40 }, (_, index) => Math.sin(index));
  const xs = [...values.keys()].map((index) => (index * 0.618) % 1);
  const ys = [...values.keys()].map((index) => (index * 0.414) % 1);
  const field = interpolated(numbers("x", xs), numbers("y", ys), values, [12, 9]);
  expect(Math.min(...field.values)).toBeGreaterThanOrEqual(Math.min(...values));
  expect(Math.max(...field.values)).toBeLessThanOrEqual(Math.max(...values));
  expect(field.values).toHaveLength(12 * 9);
});

it("fades with the distance to the next trial", () => {
  expect(supportAt(0.05)).toBe(1);
  expect(supportAt(0.3)).toBe(0);
  expect(supportAt(0.12)).toBeGreaterThan(supportAt(0.18));
  const field = interpolated(numbers("x", [0.1]), numbers("y", [0.1]), Float64Array.of(3), [10, 10]);
  expect(sampled(field, 0.1, 0.1)).toEqual({ value: 3, support: expect.closeTo(1, 1) });
  expect(sampled(field, 0.9, 0.9)).toEqual({ value: 3, support: 0 });
});

it("does not mix categories", () => {
  const kind = placed({ id: "k", label: "k", kind: "category", values: ["a", "b", "b"] });
  const field = interpolated(kind, numbers("y", [0.5, 0.5, 0.4]), Float64Array.of(0, 10, 10), [99, 5]);
  expect(field.columns).toHaveLength(2);
  expect(sampled(field, 0.3, 0.5).value).toBe(0);
  expect(sampled(field, 0.6, 0.5).value).toBeCloseTo(10);
});

it("has a column of its own for trials without a value, and leaves out results without one", () => {
  const x = numbers("x", [null, 1, 0.5]);
  expect(cellsOf(x, 4).map(({ group }) => group)).toEqual([-1, 0, 0, 0, 0]);
  expect([0, 0.12, 1].map((place) => groupOf(x, place))).toEqual([-1, 0, 0]);
  const field = interpolated(x, numbers("y", [0.5, 0.5, 0.5]), Float64Array.of(7, 1, Number.NaN), [4, 3]);
  expect(sampled(field, 0, 0.5).value).toBe(7);
  expect(sampled(field, 1, 0.5).value).toBe(1);
});

it("knows nothing where nothing was tried", () => {
  const field = interpolated(numbers("x", []), numbers("y", []), new Float64Array(), [3, 3]);
  expect(sampled(field, 0.5, 0.5)).toEqual({ value: Number.NaN, support: 0 });
});
