import { describe, expect, it } from "vitest";
import { formatBytes, formatNumber, formatPercent, plural } from "./format";

describe("formatNumber", () => {
  it.each([
    [0.672_34, "0.6723"],
    [0.5, "0.5"],
    [1.2e-5, "1.2e-5"],
    [-3.456_78e-9, "-3.457e-9"],
    [12.5, "12.5"],
    [123.456, "123.5"],
    [164, "164"],
    [1_000_000, "1,000,000"],
    [-20_000.7, "-20,001"],
    [1.5e12, "1.5e12"],
    [0, "0"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "∞"],
    [Number.NEGATIVE_INFINITY, "−∞"],
    [null, "–"],
  ])("shows %s as %s", (value, shown) => {
    expect(formatNumber(value)).toBe(shown);
  });
});

it("a percentage is 100 only when all is done", () => {
  expect(formatPercent(0.999)).toBe("99%");
  expect(formatPercent(0.29)).toBe("29%");
  expect(formatPercent(1)).toBe("100%");
  expect(formatPercent(1.7)).toBe("100%");
});

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1500, "1.5 KB"],
  [130_000_000, "130 MB"],
  [1_300_000_000, "1.3 GB"],
  [999_999, "1.0 MB"],
])("%d bytes are %s", (bytes, shown) => {
  expect(formatBytes(bytes)).toBe(shown);
});

it("counts take the right noun", () => {
  expect(plural(1, "task")).toBe("1 task");
  expect(plural(5000, "task")).toBe("5,000 tasks");
  expect(plural(2, "search", "searches")).toBe("2 searches");
});
