import { describe, expect, it } from "vitest";
import { searchOf, trialOf } from "~/features/hpsearch/testing";
import { objectiveAt } from "~/features/hpsearch/trials";
import type { TrialRead } from "~/features/hpsearch/types";
import { historyOf, type Order, trackedMetric, valueExtent } from "./historyMarks";

const search = searchOf();
const objective = objectiveAt(search, 0);

function history(trials: readonly TrialRead[], order: Order = "number") {
  if (!objective) throw new Error("the search has an objective");
  return historyOf(search, trials, objective, {
    order,
    best: null,
    selected: new Set(trials.map(({ number }) => number)),
  });
}

describe("historyOf", () => {
  it("steps only where a trial is better than all before it", () => {
    const trials = [5, 7, 3, 4, 1].map((value, number) => trialOf(number, { objectives: [value] }));
    expect(history(trials).steps).toEqual([
      [0, 5],
      [2, 3],
      [4, 1],
    ]);
  });

  it("steps in the order of the ends when asked for", () => {
    const trials = [
      trialOf(0, { objectives: [1], ended_at: "2026-11-24T06:10:00Z" }),
      trialOf(1, { objectives: [2], ended_at: "2026-11-24T06:05:00Z" }),
      trialOf(2, { state: "running", objectives: null, ended_at: null }),
    ];
    const { marks, steps } = history(trials, "time");
    expect(marks.map(({ id }) => id)).toEqual([1, 0]);
    expect(steps.map(([, value]) => value)).toEqual([2, 1]);
  });

  it("puts trials without a value at the foot, and leaves out those that wait", () => {
    const { marks, numWithout } = history([
      trialOf(0, { state: "failed", objectives: null }),
      trialOf(1, { state: "running", objectives: null, last_value: null, started_at: null, ended_at: null }),
    ]);
    expect(marks.map(({ id, y }) => [id, y])).toEqual([[0, null]]);
    expect(numWithout).toBe(1);
  });

  it("shows a running trial at its newest value", () => {
    const running = trialOf(3, { state: "running", objectives: null, last_value: 0.4, ended_at: null });
    expect(history([running]).marks[0]).toMatchObject({ y: 0.4, shape: "ring" });
  });

  it("never counts an infeasible trial as the best so far", () => {
    const { marks, steps } = history([trialOf(0, { objectives: [0], is_feasible: false })]);
    expect(steps).toEqual([]);
    expect(marks[0]?.shape).toBe("triangle");
  });
});

it("tracks the metric of early stopping before that of the objective", () => {
  expect(trackedMetric(search)).toBe("val_loss");
  expect(trackedMetric(searchOf({ spec: { early_stopping: { metric: "loss" } } }))).toBe("loss");
  expect(trackedMetric(searchOf({ objectives: [] }))).toBeNull();
});

it("makes room for the target, and on a log axis for positive values alone", () => {
  const { marks } = history([trialOf(0, { objectives: [-1] }), trialOf(1, { objectives: [2] })]);
  expect(valueExtent({ marks }, 5, false)).toEqual([-1, 5]);
  expect(valueExtent({ marks }, null, true)).toEqual([2, 2]);
  expect(valueExtent({ marks: [] }, null, false)).toBeNull();
  expect(valueExtent({ marks: [] }, 5, false)).toBeNull();
});
