import { expect, it } from "vitest";
import { placed } from "./dimension";
import {
  linePath,
  nearestLine,
  orderedIds,
  ratingOf,
  reordered,
  shortLabels,
  spread,
  traceLines,
} from "./parallel";

const lr = placed({ id: "lr", label: "lr", kind: "log", values: [1e-4, 1e-2, 1, 1e-4], domain: [1e-4, 1] });
const optimizer = placed({ id: "o", label: "o", kind: "category", values: ["sgd", "adam", "sgd", "adam"] });
const momentum = placed({ id: "m", label: "m", kind: "linear", values: [0, null, 1, null], domain: [0, 1] });
const layout = { xs: [0, 100, 200], top: 0, height: 200 };
const axes = [lr, optimizer, momentum];

it("draws a line over all axes, through the place for no value too", () => {
  expect(linePath(axes, 0, layout)).toBe("M0 200L100 50L200 176");
  expect(linePath(axes, 1, layout)).toBe("M0 100L100 150L200 200");
});

it("traces the same on a canvas", () => {
  const calls: string[] = [];
  const context = {
    moveTo: (x: number, y: number) => calls.push(`M${x} ${y}`),
    lineTo: (x: number, y: number) => calls.push(`L${x} ${y}`),
  };
  traceLines(context, axes, [0, 1], layout);
  expect(calls.join("")).toBe(linePath(axes, 0, layout) + linePath(axes, 1, layout));
});

it("finds the line under the pointer", () => {
  const at = (x: number, y: number) => nearestLine(axes, layout, { x, y }, () => true);
  expect(at(50, 126)).toBe(0);
  expect(at(50, 23)).toBe(2);
  expect(at(50, 60)).toBeNull();
  expect(at(250, 100)).toBeNull();
  expect(nearestLine(axes, layout, { x: 50, y: 126 }, (line) => line !== 0)).toBe(1);
});

it("rates values within those that are kept", () => {
  const loss = placed({ id: "loss", label: "loss", kind: "linear", values: [1, 2, 3, null], domain: [1, 3] });
  const rates = (isKept: boolean[]) => [...loss.places].map(ratingOf(loss, isKept, true).of);
  expect(rates([true, true, true, true])).toEqual([1, expect.closeTo(0.5), 0, Number.NaN]);
  expect(rates([false, true, true, false])).toEqual([1, 1, 0, Number.NaN]);
  expect(rates([false, false, false, false])).toEqual(Array(4).fill(Number.NaN));
  expect(ratingOf(loss, [true, true, true, true], false).of(1)).toBe(1);
});

it("does not let one diverged trial take all the contrast", () => {
  const values = [...Array.from({ length: 20 }, (_, index) => index / 20), 1000];
  const loss = placed({ id: "loss", label: "loss", kind: "linear", values });
  const rating = ratingOf(
    loss,
    values.map(() => true),
    true,
  );
  expect(rating.of(loss.places[10] ?? 0)).toBe(0.5);
  expect([rating.of(rating.best), rating.of(rating.worst)]).toEqual([1, 0]);
  const between = ((loss.places[10] ?? 0) + (loss.places[11] ?? 0)) / 2;
  expect(rating.of(between)).toBeCloseTo(0.475);
});

it("rates equal values alike, and a single one as the best", () => {
  const loss = placed({ id: "loss", label: "loss", kind: "linear", values: [1, 1, 2] });
  expect([...loss.places].map(ratingOf(loss, [true, true, true], true).of)).toEqual([1, 1, 0]);
  expect(ratingOf(loss, [false, true, false], true).of(loss.places[0] ?? 0)).toBe(1);
});

it("keeps the order asked for, and puts the rest behind", () => {
  expect(orderedIds(["a", "b", "c"], ["c", "gone", "c"])).toEqual(["c", "a", "b"]);
  expect(orderedIds(["a", "b"], undefined)).toEqual(["a", "b"]);
  expect(reordered(["a", "b", "c"], "a", 1)).toEqual(["b", "a", "c"]);
  expect(reordered(["a", "b", "c"], "b", 9)).toEqual(["a", "c", "b"]);
  expect(reordered(["a", "b", "c"], "b", -1)).toEqual(["b", "a", "c"]);
});

it("names parameters by their shortest endings that differ", () => {
  const labels = shortLabels(["training.lr", "model.width", "optimizer.lr", "seed", "optimizer.name"]);
  expect([...labels.values()]).toEqual(["training.lr", "width", "optimizer.lr", "seed", "optimizer.name"]);
});

it("spreads axes evenly", () => {
  expect(spread(3, 400, 50)).toEqual([50, 200, 350]);
  expect(spread(1, 400, 50)).toEqual([200]);
});
