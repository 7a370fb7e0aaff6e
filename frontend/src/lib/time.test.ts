import { describe, expect, it } from "vitest";
import { elapsedSeconds, formatAge, formatDuration, formatEta, parseTime } from "./time";

describe("formatDuration", () => {
  it.each([
    [0, "0s"],
    [4.24, "4.2s"],
    [9.99, "10s"],
    [59.4, "59s"],
    [125, "2m 05s"],
    [26 * 60, "26m"],
    [4 * 3600 + 6 * 60 + 59, "4h 06m"],
    [3 * 86_400 + 4 * 3600, "3d 04h"],
    [null, "–"],
    [Number.POSITIVE_INFINITY, "–"],
  ])("shows %s seconds as %s", (seconds, shown) => {
    expect(formatDuration(seconds)).toBe(shown);
  });
});

const now = Date.parse("2026-11-24T12:00:00Z");

it.each([
  ["2026-11-24T11:59:55Z", "now"],
  ["2026-11-24T11:21:00Z", "39m"],
  ["2026-11-23T12:00:00Z", "24h"],
  ["2026-11-12T12:00:00Z", "12d"],
  [null, "–"],
])("something from %s is %s old", (then, shown) => {
  expect(formatAge(then, now)).toBe(shown);
});

it("an open end counts until now, and a clock that is behind never gives a negative time", () => {
  expect(elapsedSeconds("2026-11-24T11:00:00Z", null, now)).toBe(3600);
  expect(elapsedSeconds("2026-11-24T11:00:00Z", "2026-11-24T11:01:00Z", now)).toBe(60);
  expect(elapsedSeconds("2026-11-24T13:00:00Z", null, now)).toBe(0);
  expect(elapsedSeconds(null, null, now)).toBeNull();
});

it("nonsense is no time", () => {
  expect(parseTime("soon")).toBeNull();
});

it("an end today is a time of day, a later one has its weekday or date", () => {
  const noon = new Date(2026, 10, 24, 12, 0, 0).getTime();
  expect(formatEta(3600, noon)).toBe("13:00");
  expect(formatEta(24 * 3600, noon)).toBe("Wed 12:00");
  expect(formatEta(30 * 86_400, noon)).toBe("2026-12-24");
});
