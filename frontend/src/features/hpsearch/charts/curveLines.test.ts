import { describe, expect, it } from "vitest";
import { bundleExtent } from "~/charts/bundle";
import { trialOf } from "~/features/hpsearch/testing";
import { type Curve, curveLines, keptCurves, MOST_COLOURS, rungPlaces } from "./curveLines";

const curve = (number: number, ...values: (number | null)[]): Curve => ({
  number,
  task_id: number + 100,
  points: values.map((value, epoch) => [epoch, value]),
});
const trials = new Map(
  [
    trialOf(0),
    trialOf(1, { state: "stopped" }),
    trialOf(2, { state: "running" }),
    trialOf(3, { state: "failed" }),
  ].map((trial) => [trial.number, trial]),
);
const curves = [0, 1, 2, 3].map((number) => curve(number, 3, 2, 1));
const NOTHING_BRUSHED = { best: 0, isBrushed: false, selected: new Set([0, 1, 2, 3]) };

describe("curveLines", () => {
  it("draws the best one over all, and marks how the others ended", () => {
    const lines = curveLines(curves, trials, NOTHING_BRUSHED);
    expect(lines.map(({ look, end }) => [look, end])).toEqual([
      ["strong", "diamond"],
      ["faint", "bar"],
      ["plain", "disc"],
      ["plain", "cross"],
    ]);
  });

  it("gives brushed ones colours of their own and fades the others", () => {
    const lines = curveLines(curves, trials, { best: null, isBrushed: true, selected: new Set([1, 2]) });
    expect(lines.map(({ look }) => look)).toEqual(["faint", "plain", "plain", "faint"]);
    expect(lines[1]?.color).not.toBe(lines[2]?.color);
  });

  it("gives many brushed ones one colour", () => {
    const many = Array.from({ length: MOST_COLOURS + 1 }, (_, number) => curve(number, 1));
    const selected = new Set(many.map(({ number }) => number));
    const lines = curveLines(many, trials, { best: null, isBrushed: true, selected });
    expect(new Set(lines.map(({ color }) => color)).size).toBe(1);
  });
});

describe("keptCurves", () => {
  it("keeps the arrays of curves that did not grow, and the answer where none did", () => {
    const old = { metric: "loss", items: [curve(0, 1, 2), curve(1, 1)] };
    const grown = keptCurves(old, { metric: "loss", items: [curve(0, 1, 2), curve(1, 1, 2)] });
    expect(grown.items[0]).toBe(old.items[0]);
    expect(grown.items[1]).not.toBe(old.items[1]);
    expect(keptCurves(old, { metric: "loss", items: [curve(0, 1, 2), curve(1, 1)] })).toBe(old);
  });

  it("keeps nothing of another metric", () => {
    const fresh = { metric: "accuracy", items: [curve(0, 1)] };
    expect(keptCurves({ metric: "loss", items: [curve(0, 1)] }, fresh)).toBe(fresh);
  });
});

describe("rungPlaces", () => {
  it("counts epochs from one, whichever the script begins with", () => {
    const rungs = [{ epoch: 3 }, { epoch: 9 }, { epoch: 3 }];
    expect(rungPlaces(rungs, [curve(0, 1, 1)])).toEqual([2, 8]);
    expect(rungPlaces(rungs, [{ number: 0, task_id: 1, points: [[1, 5]] }])).toEqual([3, 9]);
    expect(rungPlaces(rungs, [])).toEqual([]);
  });
});

it("takes the extent of what can be drawn, within a zoom", () => {
  const lines = curveLines([curve(0, 8, null, 2, 0)], trials, NOTHING_BRUSHED);
  expect(bundleExtent(lines, "linear")).toEqual({ x: [0, 3], y: [0, 8], numCut: 0 });
  expect(bundleExtent(lines, "log")).toMatchObject({ y: [2, 8], numCut: 1 });
  expect(bundleExtent(lines, "linear", [2, 3])).toMatchObject({ x: [0, 3], y: [0, 2] });
  expect(bundleExtent(curveLines([curve(0, null)], trials, NOTHING_BRUSHED), "linear")).toBeNull();
});
