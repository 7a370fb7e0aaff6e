import { expect, it } from "vitest";
import type { MetricSeries, MetricSummary } from "~/api/client";
import { chartSeries, chartSpecs, thinning, troubles } from "./charted";

const summary = (name: string, classes: string[] = [], more: Partial<MetricSummary> = {}): MetricSummary => ({
  name,
  is_classwise: classes.length > 0,
  classes,
  count: 3,
  non_finite: 0,
  first: 1,
  last: 1,
  min: 1,
  max: 1,
  min_epoch: 0,
  max_epoch: 0,
  bad_lines: 0,
  bad_samples: [],
  ...more,
});

const line = (task_id: number, name: string, class_label: string | null = null): MetricSeries => ({
  task_id,
  name,
  class_label,
  points: [
    [100, 1],
    [160, null],
  ],
  bands: [[100, 0.5, 2]],
  count: 2,
  is_downsampled: false,
  non_finite: 1,
  note: null,
});

const tasks = [
  { id: 3, name: "a", startedAt: 90 },
  { id: 11, name: "b", startedAt: null },
];

it("one task has a chart a metric, its classes together", () => {
  const specs = chartSpecs([[summary("IoU", ["road", "car"]), summary("loss"), summary("acc")]]);
  expect(specs.map(({ id }) => id)).toEqual(["acc", "loss", "IoU per class"]);
});

it("of several tasks each class has its chart, and each metric once", () => {
  const specs = chartSpecs([
    [summary("loss"), summary("IoU", ["road"])],
    [summary("loss"), summary("IoU", ["road", "car"])],
  ]);
  expect(specs.map(({ id }) => id)).toEqual(["loss", "IoU · road", "IoU · car"]);
});

it("a plain and a classwise metric of one name are two charts", () => {
  const specs = chartSpecs([[summary("IoU"), summary("IoU", ["road"])]]);
  expect(specs.map(({ id }) => id)).toEqual(["IoU", "IoU per class"]);
  const answer = [line(3, "IoU"), line(3, "IoU", "road")];
  const [plain] = specs;
  expect(plain && chartSeries(plain, answer, tasks.slice(0, 1), "epoch")).toHaveLength(1);
});

it("only the metrics asked for are shown", () => {
  expect(chartSpecs([[summary("loss"), summary("acc")]], ["acc"]).map(({ id }) => id)).toEqual(["acc"]);
});

it("colour follows the task, and of one task's classes the class", () => {
  const loss = { id: "loss", metric: "loss", classLabel: null, isClasswise: false };
  const [a, b] = chartSeries(loss, [line(3, "loss"), line(11, "loss")], tasks, "epoch");
  expect(a).toMatchObject({ id: "#3", label: "a #3", color: "var(--series-4)" });
  expect(b).toMatchObject({ id: "#11", color: "var(--series-5)" });
  const alone = chartSeries(loss, [line(3, "loss")], tasks.slice(0, 1), "epoch");
  expect(alone[0]).toMatchObject({ id: "loss", color: "var(--series-4)" });
  const iou = { id: "IoU", metric: "IoU", classLabel: null, isClasswise: true };
  const classes = chartSeries(
    iou,
    [line(3, "IoU", "road"), line(3, "IoU", "car")],
    tasks.slice(0, 1),
    "epoch",
  );
  expect(classes.map(({ color }) => color)).toEqual(["var(--series-1)", "var(--series-2)"]);
});

it("elapsed time counts from the start of each task, or from its first point", () => {
  const loss = { id: "loss", metric: "loss", classLabel: null, isClasswise: false };
  const [a, b] = chartSeries(loss, [line(3, "loss"), line(11, "loss")], tasks, "elapsed");
  expect(a?.points).toEqual([
    [10, 1],
    [70, null],
  ]);
  expect(a?.bands).toEqual([[10, 0.5, 2]]);
  expect(b?.points[0]).toEqual([0, 1]);
});

it("says what was thinned out, and what could not be read", () => {
  const loss = { id: "loss", metric: "loss", classLabel: null, isClasswise: false };
  expect(thinning(loss, [line(3, "loss")])).toBeNull();
  expect(thinning(loss, [{ ...line(3, "loss"), count: 12_480, is_downsampled: true }])).toBe(
    "2 of 12,480 points",
  );
  const bad = summary("loss", [], { bad_lines: 2, bad_samples: [{ line: 7, text: "x" }] });
  expect(troubles(loss, [[bad], [summary("loss")]], tasks)).toEqual([
    { taskId: 3, badLines: 2, samples: [{ line: 7, text: "x" }], nonFinite: 0 },
  ]);
});
