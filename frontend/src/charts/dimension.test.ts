import { expect, it } from "vitest";
import { isSkewed, isWide, jitter, placed } from "./dimension";

it("takes the known ends of a logarithmic axis exactly", () => {
  const lr = placed({ id: "lr", label: "lr", kind: "log", values: [1e-4, 1e-2], domain: [1e-4, 1] });
  expect([...lr.places]).toEqual([0, 0.5]);
  expect(lr.ticks.map(({ text }) => text)).toEqual(["1e-4", "0.001", "0.01", "0.1", "1"]);
  expect(lr.textAt(0.5)).toBe("0.01");
  expect(lr.start).toBe(0);
});

it("goes further out where a value lies beyond the known ends", () => {
  const { places } = placed({ id: "w", label: "w", kind: "linear", values: [5, 30], domain: [0, 10] });
  expect(places[1]).toBe(1);
  expect(places[0]).toBeCloseTo(5 / 30);
});

it("has a place below for trials without a value", () => {
  const momentum = placed({ id: "m", label: "m", kind: "linear", values: [0, null, 1], domain: [0, 1] });
  expect([...momentum.places]).toEqual([0.12, 0, 1]);
  expect(momentum.ticks[0]).toEqual({ at: 0, text: "none" });
  expect(momentum.valueAt(0)).toBeNull();
  expect(momentum.valueAt(0.12)).toBeCloseTo(0);
  expect(momentum.valueAt(1)).toBe(1);
  expect(momentum.placeOf(Number.NaN)).toBe(0);
});

it("puts names in their given order, and unforeseen ones behind them", () => {
  const size = placed({
    ...{ id: "s", label: "s", kind: "category" },
    ...{ values: ["base", "giant"], categories: ["tiny", "small", "base"] },
  });
  expect(size.categories).toEqual(["tiny", "small", "base", "giant"]);
  expect([...size.places]).toEqual([0.625, 0.875]);
  expect(size.valueAt(0.3)).toBe("small");
});

it("puts numbers among names by size", () => {
  const mixed = placed({ id: "m", label: "m", kind: "category", values: ["16", "8", "128"] });
  expect(mixed.categories).toEqual(["8", "16", "128"]);
});

it("has whole ticks for whole numbers", () => {
  const layers = placed({
    ...{ id: "l", label: "l", kind: "linear", values: [2, 3], domain: [2, 4] },
    isInteger: true,
  });
  expect(layers.ticks.map(({ text }) => text)).toEqual(["2", "3", "4"]);
  expect(layers.valueAt(0.4)).toBe(3);
});

it("draws an axis whose values are all the same, and one without any", () => {
  const same = placed({ id: "c", label: "c", kind: "linear", values: [3, 3] });
  expect(same.places[0]).toBeGreaterThan(0);
  expect(same.places[0]).toBeLessThan(1);
  const none = placed({ id: "n", label: "n", kind: "linear", values: [null, null] });
  expect([...none.places]).toEqual([0, 0]);
});

it("falls back to a linear axis where a logarithm has no place", () => {
  const loss = placed({ id: "x", label: "x", kind: "log", values: [-1, 1] });
  expect([...loss.places]).toEqual([0, 1]);
});

it("takes a log axis for positive values over two decades", () => {
  expect(isWide([1e-5, 1e-2])).toBe(true);
  expect(isWide([1, 99])).toBe(false);
  expect(isWide([-1, 1e5])).toBe(false);
  expect(isWide([1e-5])).toBe(false);
});

it("knows values of which a few are far beyond the others", () => {
  expect(isSkewed([0.2, 0.3, 0.4, 11])).toBe(true);
  expect(isSkewed([0.2, 0.3, 0.4, 0.5])).toBe(false);
  expect(isSkewed([-1, 0.3, 0.4, 11])).toBe(false);
  expect(isSkewed([])).toBe(false);
});

it("can leave trials without a value out", () => {
  const axis = placed({ id: "m", label: "m", kind: "linear", values: [0, null, 1], hidesMissing: true });
  expect([...axis.places]).toEqual([0, Number.NaN, 1]);
  expect(axis.start).toBe(0);
});

it("spreads neighbours evenly and always alike", () => {
  const places = Array.from({ length: 100 }, (_, number) => jitter(number, "x"));
  expect(Math.min(...places)).toBeGreaterThanOrEqual(-0.5);
  expect(Math.max(...places)).toBeLessThan(0.5);
  for (let part = -5; part < 5; part += 1)
    expect(places.filter((place) => Math.floor(place * 10) === part).length).toBeGreaterThan(7);
  expect(jitter(7, "x")).toBe(jitter(7, "x"));
  expect(jitter(7, "x")).not.toBe(jitter(7, "y"));
});
