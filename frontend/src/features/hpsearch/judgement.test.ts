import { expect, it } from "vitest";
import type { Task } from "~/api/client";
import { isLowGood, judgedSearch, judgedTrials, judgementOf, metricNames } from "./judgement";
import { searchOf, trialOf } from "./testing";
import type { TrialRead } from "./types";

function metric(last: number, isClasswise = false): Task["metrics"][string] {
  return {
    ...{ first: 1, last, min: last / 2, max: 1, min_epoch: 0, max_epoch: 0, count: 3 },
    is_classwise: isClasswise,
  };
}

it("judges by a loss at its least, and by an accuracy at its most", () => {
  expect(judgementOf(["acc", "val_loss"], {})).toEqual({
    metric: "val_loss",
    summary: "min",
    isLowBest: true,
  });
  expect(judgementOf(["acc"], {})).toEqual({ metric: "acc", summary: "max", isLowBest: false });
  expect(judgementOf(["acc", "loss"], { by: "acc", best: "last" })).toMatchObject({ isLowBest: false });
  expect(judgementOf(["acc"], { best: "last", good: "low" })?.isLowBest).toBe(true);
  expect(judgementOf([], { by: "gone" })).toBeNull();
});

it.each([
  ["loss", true],
  ["val_error", true],
  ["top1_acc", false],
  ["mean_iou", false],
  ["minutes", true],
])("guesses whether low values of %s are good", (name, isLow) => {
  expect(isLowGood(name)).toBe(isLow);
});

it("offers metrics with one value, of any task", () => {
  const tasks: Pick<Task, "metrics">[] = [
    { metrics: { loss: metric(1), iou: metric(1, true) } },
    { metrics: { acc: metric(1) } },
  ];
  expect(metricNames(tasks)).toEqual(["acc", "loss"]);
});

it("puts the judged value in the place of an objective's, and keeps what stays", () => {
  const trials = [trialOf(0, { objectives: null }), trialOf(1, { objectives: null })];
  const tasks = [
    { id: 10, metrics: { loss: metric(0.8) } },
    { id: 11, metrics: { loss: metric(0.2) } },
  ];
  const known = new WeakMap<TrialRead, TrialRead>();
  const judgement = { metric: "loss", summary: "min", isLowBest: true } as const;
  const judged = judgedTrials(trials, tasks, judgement, known);
  expect(judged.map(({ objectives }) => objectives)).toEqual([[0.4], [0.1]]);
  expect(judgedTrials(trials, tasks, judgement, known)[0]).toBe(judged[0]);
  expect(judgedSearch(searchOf({ objectives: [] }), judged, judgement)).toMatchObject({
    ...{ best_number: 1, best_value: 0.1, best_task_id: 11 },
    objectives: [{ metric: "loss", direction: "minimize", summary: "lowest" }],
  });
});
