import { expect, it } from "vitest";
import { paletteIndices, seriesStyle, taskStyles } from "./palette";

it("a task keeps its colour whatever it is shown with, as long as no other wants its hue", () => {
  expect(paletteIndices([12]).get(12)).toBe(4);
  expect(paletteIndices([9, 12, 3]).get(12)).toBe(4);
  expect(paletteIndices([12, 3, 9]).get(12)).toBe(4);
});

it("two tasks never look alike, up to sixteen", () => {
  const styles = taskStyles([4, 12, 20, 28, 36, 44, 52, 60, 68, 76, 84, 92, 100, 108, 116, 124]);
  const looks = new Set([...styles.values()].map((style) => `${style.color} ${style.dash}`));
  expect(looks.size).toBe(16);
});

it("nine to sixteen are dashed, more are faint", () => {
  expect(seriesStyle(0)).toEqual({ color: "var(--series-1)" });
  expect(seriesStyle(8)).toEqual({ color: "var(--series-1)", dash: "6 3" });
  expect(seriesStyle(16).faint).toBe(true);
});
