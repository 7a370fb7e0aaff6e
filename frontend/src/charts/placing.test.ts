import { describe, expect, it } from "vitest";
import { isInside, nearestLine, nearestPlace, placedLine, placement } from "./placing";

describe("placement", () => {
  it("puts the ends of a linear axis at its pixels, and reads pixels back", () => {
    const axis = placement([0, 10], "linear", 100, 0);
    expect([axis.to(0), axis.to(10), axis.to(2.5)]).toEqual([100, 0, 75]);
    expect(axis.from(75)).toBeCloseTo(2.5);
  });

  it("gives every decade of a log axis the same room", () => {
    const axis = placement([0.01, 1], "log", 0, 200);
    expect(axis.to(0.1)).toBeCloseTo(100);
    expect(axis.from(100)).toBeCloseTo(0.1);
  });

  it("has no place for zero and less on a log axis", () => {
    const axis = placement([0.01, 1], "log", 0, 200);
    expect([axis.to(0), axis.to(-1)]).toEqual([Number.NaN, Number.NaN]);
  });
});

it("counts the border of an area as inside", () => {
  const area = { left: 10, top: 10, width: 5, height: 5 };
  expect([isInside(area, 10, 15), isInside(area, 9, 12)]).toEqual([true, false]);
});

const pixels = {
  x: { to: (v: number) => v, from: (v: number) => v },
  y: { to: (v: number) => v, from: (v: number) => v },
};

describe("nearestLine", () => {
  const lines = [
    placedLine(
      [
        [0, 0],
        [100, 0],
      ],
      pixels,
    ),
    placedLine(
      [
        [0, 20],
        [50, 20],
        [100, 40],
      ],
      pixels,
    ),
  ];

  it("finds the line under the pointer between its points", () => {
    expect(nearestLine(lines, 30, 3, 10)).toEqual({ line: 0, point: 0 });
    expect(nearestLine(lines, 40, 18, 10)).toEqual({ line: 1, point: 1 });
  });

  it("finds nothing out of reach", () => {
    expect(nearestLine(lines, 50, 60, 10)).toBeNull();
    expect(nearestLine([], 0, 0, 10)).toBeNull();
  });

  it("passes over lines that do not count", () => {
    expect(nearestLine(lines, 30, 3, 30, (line) => line === 1)).toEqual({ line: 1, point: 1 });
  });

  it("does not bridge a gap, and finds a single point", () => {
    const gap = placedLine(
      [
        [0, 0],
        [50, null],
        [100, 0],
      ],
      pixels,
    );
    expect(nearestLine([gap], 50, 0, 10)).toBeNull();
    expect(nearestLine([gap], 98, 1, 10)).toEqual({ line: 0, point: 2 });
    expect(nearestLine([placedLine([[5, 5]], pixels)], 6, 6, 10)).toEqual({ line: 0, point: 0 });
  });
});

it("finds the nearest of places, never one without a place", () => {
  const places = Float32Array.from([0, 0, 10, 10, Number.NaN, 12]);
  expect(nearestPlace(places, 9, 9, 8)).toBe(1);
  expect(nearestPlace(places, 50, 50, 8)).toBeNull();
});
