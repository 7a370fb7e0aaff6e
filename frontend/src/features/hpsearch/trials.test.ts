import { expect, it } from "vitest";
import type { Task, Trial } from "~/api/client";
import {
  axisValue,
  bestRow,
  isLowGood,
  judgementOf,
  metricNames,
  paramNames,
  sortedRows,
  trialRows,
} from "./trials";

function trial(number: number, lr: number): Trial {
  return {
    number,
    params: { "training.lr": lr },
    task_id: number + 10,
    task_name: `t${number}`,
    task_status: "running",
    created_at: "2026-11-24T06:00:00Z",
  };
}

function metric(last: number, isClasswise = false): Task["metrics"][string] {
  return {
    first: 1,
    last,
    min: last / 2,
    max: 1,
    min_epoch: 0,
    max_epoch: 0,
    count: 3,
    is_classwise: isClasswise,
  };
}

function task(id: number, metrics: Task["metrics"], status: Task["status"] = "finished"): Task {
  return {
    ...{ id, uuid: String(id), name: `t${id}`, script: "s.py", config: null, platform: "local", host: null },
    ...{ job_id: null, project: "", tags: [], notes: "", status, reason: "", exit_code: null, signal: null },
    ...{ is_archived: false, created_at: "2026-11-24T06:00:00Z", started_at: null, ended_at: null },
    ...{
      last_seen_at: null,
      output_path: "",
      remote_path: null,
      is_mirrored: true,
      search_id: 1,
      cloned_from: null,
      num_attempts: 1,
    },
    ...{ is_stopping: false, progress: null, params: {}, metrics },
  };
}

const trials = [trial(0, 0.1), trial(1, 0.001), trial(2, 0.01)];
const tasks = [task(10, { loss: metric(0.8) }), task(11, { loss: metric(0.2) }), task(12, {}, "crashed")];

it("judges by a loss at its least, and by an accuracy at its most", () => {
  expect(judgementOf(["acc", "val_loss"], {})).toEqual({
    metric: "val_loss",
    summary: "min",
    isLowBest: true,
  });
  expect(judgementOf(["acc"], {})).toEqual({ metric: "acc", summary: "max", isLowBest: false });
  expect(judgementOf(["acc", "loss"], { by: "acc", best: "last" })).toMatchObject({
    metric: "acc",
    isLowBest: false,
  });
  expect(judgementOf(["acc"], { best: "last", good: "low" }).isLowBest).toBe(true);
  expect(judgementOf([], { by: "gone" })).toEqual({ metric: null, summary: "min", isLowBest: true });
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
  expect(
    metricNames([task(1, { loss: metric(1), iou: metric(1, true) }), task(2, { acc: metric(1) })]),
  ).toEqual(["acc", "loss"]);
});

it("finds the best trial and leaves out those without a value", () => {
  const rows = trialRows(trials, tasks, { metric: "loss", summary: "min", isLowBest: true });
  expect(rows.map(({ value }) => value)).toEqual([0.4, 0.1, null]);
  expect(bestRow(rows, true)?.trial.number).toBe(1);
  expect(bestRow(rows, false)?.trial.number).toBe(0);
  expect(bestRow([], true)).toBeNull();
});

it("sorts by anything, with what has no value at the end both ways", () => {
  const rows = trialRows(trials, tasks, { metric: "loss", summary: "last", isLowBest: true });
  const numbers = (sort: string) => sortedRows(rows, sort).map((row) => row.trial.number);
  expect(numbers("value")).toEqual([1, 0, 2]);
  expect(numbers("-value")).toEqual([0, 1, 2]);
  expect(numbers("params.training.lr")).toEqual([1, 2, 0]);
  expect(numbers("-number")).toEqual([2, 1, 0]);
  expect(numbers("status")).toEqual([0, 1, 2]);
});

it("shows any parameter on an axis", () => {
  expect(paramNames(trials)).toEqual(["training.lr"]);
  expect([1, "a", true, [1, 2], null, undefined].map(axisValue)).toEqual([
    1,
    "a",
    "true",
    "[1,2]",
    null,
    null,
  ]);
});
