import { expect, it } from "vitest";
import { channels, mixed, rampOf } from "./ramp";

it("begins and ends with the given colours", () => {
  expect(rampOf(["#ffffff", "#1f65f9", "#15171c"], 5)).toEqual([
    "#ffffff",
    expect.any(String),
    "#1f65f9",
    expect.any(String),
    "#15171c",
  ]);
  expect(rampOf(["#1f65f9"], 2)).toEqual(["#1f65f9", "#1f65f9"]);
});

it("darkens step by step from white to black", () => {
  const brightness = rampOf(["#fff", "#000"], 9).map((color) => channels(color)[0]);
  expect(brightness).toEqual(brightness.toSorted((a, b) => b - a));
  expect(new Set(brightness).size).toBe(9);
});

it("mixes two colours", () => {
  expect(mixed("#ffffff", "#000000", 0)).toBe("#ffffff");
  expect(mixed("#ff0000", "#0000ff", 1)).toBe("#0000ff");
});
