import { expect, it } from "vitest";
import { type Cloud, cloudPlaces, groupsOf, keyOrder, spreadPlaces } from "./cloud";
import { placed } from "./dimension";
import { placement } from "./placing";

const cloud: Cloud = {
  xs: Float64Array.of(0.5, 0, Number.NaN, 1),
  ys: Float64Array.of(0.5, 0, 0, 1),
  shades: Int8Array.of(3, 1, 1, 3),
  shapes: ["disc", "disc", "disc", "disc"],
  weights: ["front", "out", "front", "front"],
};

it("paints what is out of a brush first, and all that look the same at once", () => {
  expect(groupsOf(cloud).map(({ weight, shade, indices }) => [weight, shade, indices])).toEqual([
    ["out", 1, [1]],
    ["front", 3, [0, 3]],
  ]);
});

it("goes through the drawn points from left to right", () => {
  expect(keyOrder(cloud)).toEqual([1, 0, 3]);
});

it("puts points into pixels", () => {
  const places = cloudPlaces(cloud, {
    x: placement([0, 1], "linear", 0, 100),
    y: placement([0, 1], "linear", 100, 0),
  });
  expect([...places.slice(0, 4)]).toEqual([50, 50, 0, 100]);
});

it("spreads points around their category and around the place for no value, always alike", () => {
  const values = ["a", "b", null, "a"];
  const axis = placed({ id: "o", label: "o", kind: "category", values, categories: ["a", "b"] });
  const spread = spreadPlaces(axis, [0, 1, 2, 3], "x");
  expect(spread).toEqual(spreadPlaces(axis, [0, 1, 2, 3], "x"));
  expect(spread[0]).not.toBe(spread[3]);
  expect(axis.valueAt(spread[0] ?? 0)).toBe("a");
  expect(axis.valueAt(spread[1] ?? 0)).toBe("b");
  expect(axis.valueAt(Math.max(0, spread[2] ?? 1))).toBeNull();
});

it("leaves numbers where they are", () => {
  const axis = placed({ id: "x", label: "x", kind: "linear", values: [0, 1], domain: [0, 1] });
  expect([...spreadPlaces(axis, [5, 6], "y")]).toEqual([0, 1]);
});
