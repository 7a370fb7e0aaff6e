import { expect, it } from "vitest";
import { goodness, isWide, linePath, nearestLine, passing, placedAxis } from "./parallel";

const lr = placedAxis({ id: "lr", label: "lr", values: [1e-4, 1e-2, 1, null], isLog: true });
const optimizer = placedAxis({ id: "opt", label: "opt", values: ["sgd", "adam", "sgd", "adam"] });

it("places numbers between round ends, on a log axis by decades", () => {
  expect(lr.places).toEqual([0, 0.5, 1, null]);
  expect(lr.ticks.map(({ text }) => text)).toEqual(["1e-4", "0.001", "0.01", "0.1", "1"]);
  expect(lr.textAt(0.5)).toBe("0.01");
});

it("places words evenly, and numbers among words by size", () => {
  expect(optimizer.ticks).toEqual([
    { at: 0.25, text: "adam" },
    { at: 0.75, text: "sgd" },
  ]);
  const mixed = placedAxis({ id: "m", label: "m", values: ["16", 8, "128"] });
  expect(mixed.ticks.map(({ text }) => text)).toEqual(["8", "16", "128"]);
});

it("draws an axis whose values are all the same, and one without any", () => {
  expect(placedAxis({ id: "c", label: "c", values: [3, 3] }).places.every((place) => place !== null)).toBe(
    true,
  );
  expect(placedAxis({ id: "n", label: "n", values: [null, null] }).ticks).toEqual([]);
});

it("keeps the lines that pass through every brush", () => {
  expect(passing([lr, optimizer], {}, 4)).toEqual([true, true, true, true]);
  expect(passing([lr, optimizer], { lr: [0.4, 1] }, 4)).toEqual([false, true, true, false]);
  expect(passing([lr, optimizer], { lr: [0.4, 1], opt: [0.5, 1] }, 4)).toEqual([false, false, true, false]);
});

it("breaks a line where a value is missing", () => {
  expect(linePath([lr, optimizer], 0, [0, 100], 200)).toBe("M0 200L100 50");
  expect(linePath([lr, optimizer, lr], 3, [0, 100, 200], 200)).toBe("M100 150");
});

it("finds the line under the pointer", () => {
  const at = (x: number, y: number) => nearestLine([lr, optimizer], [0, 100], 200, { x, y }, () => true);
  expect(at(50, 126)).toBe(0);
  expect(at(50, 23)).toBe(2);
  expect(at(50, 190)).toBeNull();
  expect(at(150, 100)).toBeNull();
});

it("rates values within those that count", () => {
  expect(goodness([1, 2, 3, null], [true, true, true, true], true)).toEqual([1, 0.5, 0, null]);
  expect(goodness([1, 2, 3], [true, true, false], false)).toEqual([0, 1, 1]);
  expect(goodness([5], [true], true)).toEqual([1]);
});

it("takes a log axis for positive values over two decades", () => {
  expect(isWide([1e-5, 1e-2])).toBe(true);
  expect(isWide([1, 99])).toBe(false);
  expect(isWide([-1, 1e5])).toBe(false);
  expect(isWide([1e-5])).toBe(false);
});
