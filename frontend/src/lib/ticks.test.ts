import { describe, expect, it } from "vitest";
import { linearScale, logScale, runningScale } from "./ticks";
import { elapsedLabel, timeScale, timeStep } from "./timeTicks";

describe("a linear axis", () => {
  it("rounds out to whole ticks without binary dust", () => {
    expect(linearScale(0.12, 2.31)).toEqual({ domain: [0, 2.5], ticks: [0, 0.5, 1, 1.5, 2, 2.5] });
    expect(linearScale(0.05, 0.31).ticks).toEqual([0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35]);
  });

  it("does not move while values stay within it", () => {
    expect(linearScale(0.1, 0.93).domain).toEqual(linearScale(0.1, 0.98).domain);
  });

  it("gives a constant series some room", () => {
    expect(linearScale(0, 0).domain).toEqual([-1, 1]);
    const { domain } = linearScale(5, 5);
    expect(domain[0]).toBeLessThan(5);
    expect(domain[1]).toBeGreaterThan(5);
  });

  it.each([1e-12, 1e-5, 1, 1e5, 1e12])("has 3 to 12 ticks at the size of %s", (size) => {
    for (const span of [1, 1.3, 2.2, 4.7, 6, 9.9]) {
      const { ticks, domain } = linearScale(0.13 * size, (0.13 + span) * size);
      expect(ticks.length).toBeGreaterThanOrEqual(3);
      expect(ticks.length).toBeLessThanOrEqual(12);
      expect(domain[0]).toBeLessThanOrEqual(0.13 * size);
      expect(domain[1]).toBeGreaterThanOrEqual((0.13 + span) * size * (1 - 1e-9));
    }
  });
});

describe("an axis that points stream into", () => {
  it("ends at the next quarter step, so that it moves rarely", () => {
    const ends = Array.from({ length: 40 }, (_, index) => runningScale(1, 160 + index, 5, 1).domain[1]);
    expect(new Set(ends).size).toBeLessThanOrEqual(5);
    expect(ends[0]).toBeGreaterThanOrEqual(160);
  });

  it("has whole epochs only", () => {
    const { ticks, domain } = runningScale(1, 3, 5, 1);
    expect(ticks).toEqual([1, 2, 3]);
    expect(domain).toEqual([1, 3]);
    expect(runningScale(4, 4, 5, 1).domain).toEqual([4, 5]);
  });
});

describe("a logarithmic axis", () => {
  it("has decades, thinned out when there are many", () => {
    expect(logScale(1e-5, 0.1).ticks).toEqual([1e-5, 1e-4, 1e-3, 1e-2, 0.1]);
    expect(logScale(1e-12, 1).ticks).toEqual([1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1]);
  });

  it("has 2 and 5 between few decades", () => {
    expect(logScale(0.03, 0.9).domain).toEqual([0.02, 1]);
    expect(logScale(0.03, 0.9).ticks).toEqual([0.02, 0.05, 0.1, 0.2, 0.5, 1]);
  });

  it("gives a constant series some room", () => {
    expect(logScale(10, 10).domain).toEqual([10, 20]);
  });
});

describe("a time axis", () => {
  it("steps as clocks do", () => {
    expect(timeStep(3600, 5)).toBe(15 * 60);
    expect(timeStep(86_400, 5)).toBe(6 * 3600);
    expect(timeStep(400, 5)).toBe(120);
  });

  it("puts ticks on local hours", () => {
    const offset = 5.5 * 3600;
    const midnightThere = 1_700_000_000 - ((1_700_000_000 + offset) % 86_400);
    const { ticks } = timeScale(midnightThere - 100, midnightThere + 86_400, 5, offset);
    expect(ticks).toContain(midnightThere);
    expect(ticks).toContain(midnightThere + 6 * 3600);
  });

  it.each([
    [0, "0"],
    [90, "90s"],
    [900, "15m"],
    [5400, "1h 30m"],
    [86_400 * 3, "3d"],
    [0.5, "0.5s"],
  ])("labels %d seconds %s", (seconds, label) => {
    expect(elapsedLabel(seconds)).toBe(label);
  });
});
