import { expect, it } from "vitest";
import { begun, dragged, keyed } from "./brushGesture";

it("draws a new brush, in either direction", () => {
  const gesture = begun(0.4, null, 0.03);
  expect(dragged(gesture, 0.7)).toEqual([0.4, 0.7]);
  expect(dragged(gesture, 0.1)).toEqual([0.1, 0.4]);
  expect(dragged(gesture, 1.5)).toEqual([0.4, 1]);
  expect(begun(0.9, [0.2, 0.4], 0.03).kind).toBe("new");
});

it("moves a brush by its middle, up to the end of the axis", () => {
  const gesture = begun(0.5, [0.4, 0.6], 0.03);
  expect(gesture.kind).toBe("move");
  expect(dragged(gesture, 0.6)).toEqual([0.5, 0.7]);
  expect(dragged(gesture, 2)).toEqual([0.8, 1]);
  expect(dragged(gesture, -2)).toEqual([0, expect.closeTo(0.2)]);
});

it("moves one end, also past the other", () => {
  expect(begun(0.61, [0.4, 0.6], 0.03).kind).toBe("high");
  const low = begun(0.39, [0.4, 0.6], 0.03);
  expect(dragged(low, 0.5)).toEqual([0.5, 0.6]);
  expect(dragged(low, 0.9)).toEqual([0.6, 0.9]);
});

it("can move even a brush that is smaller than the reach of its ends", () => {
  expect(begun(0.41, [0.4, 0.42], 0.03).kind).toBe("move");
});

it("does by keys what the pointer does", () => {
  expect(keyed(null, "ArrowUp", false, 0.05)).toEqual([0.05, 1]);
  expect(keyed([0.2, 0.4], "ArrowDown", true, 0.05)).toEqual([0.2, expect.closeTo(0.35)]);
  expect(keyed([0.2, 0.4], "PageUp", false, 0.05)).toEqual([0.25, 0.45]);
  expect(keyed([0.2, 0.4], "Escape", false, 0.05)).toBeNull();
  expect(keyed(null, "Escape", false, 0.05)).toBeUndefined();
  expect(keyed([0.2, 0.4], "Tab", false, 0.05)).toBeUndefined();
});
