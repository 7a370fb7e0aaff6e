import { expect, it } from "vitest";
import type { Task } from "~/api/client";
import { metricRows, paramRows, withBase } from "./comparison";

function values(last: number, isClasswise = false): Task["metrics"][string] {
  return {
    first: 0,
    last,
    min: last,
    max: 9,
    min_epoch: 0,
    max_epoch: 0,
    count: 1,
    is_classwise: isClasswise,
  };
}

function task(id: number, params: Task["params"], metrics: Task["metrics"] = {}): Task {
  return {
    ...{
      id,
      uuid: String(id),
      name: `t${id}`,
      script: "s.py",
      config: "c.yaml",
      platform: "local",
      host: null,
    },
    ...{
      job_id: null,
      project: "",
      tags: [],
      notes: "",
      status: "finished" as const,
      reason: "",
      exit_code: 0,
    },
    ...{
      signal: null,
      is_archived: false,
      created_at: "2026-11-24T06:00:00Z",
      started_at: null,
      ended_at: null,
    },
    ...{
      last_seen_at: null,
      output_path: "",
      remote_path: null,
      is_mirrored: true,
      search_id: null,
      cloned_from: null,
      num_attempts: 1,
    },
    ...{ is_stopping: false, progress: null, params, metrics },
  };
}

it("sets every parameter against the base's, the missing ones too", () => {
  const rows = paramRows([
    task(1, { "a.lr": 0.1, "a.name": "sgd", same: [1, 2] }),
    task(2, { "a.lr": 0.2, same: [1, 2], extra: null }),
  ]);
  const differing = rows.filter(({ differs }) => differs);
  expect(
    differing.map(({ path, cells }) => [path, cells.map(({ text, isMissing }) => (isMissing ? null : text))]),
  ).toEqual([
    ["a.lr", ["0.1", "0.2"]],
    ["a.name", ["sgd", null]],
    ["extra", [null, "null"]],
  ]);
  expect(rows.find(({ path }) => path === "same")?.differs).toBe(false);
  expect(rows.slice(0, 3).map(({ path }) => path)).toEqual(["script", "config", "platform"]);
});

it("tells a number from a text that looks like it only by what YAML shows", () => {
  const [row] = paramRows([task(1, { x: 1 }), task(2, { x: 1.5 })]).filter(({ path }) => path === "x");
  expect(row?.cells.map(({ isOther }) => isOther)).toEqual([false, true]);
});

it("marks the extremes of each number of each metric", () => {
  const rows = metricRows([
    task(1, {}, { loss: values(0.5), iou: values(1, true) }),
    task(2, {}, { loss: values(0.2) }),
    task(3, {}, {}),
  ]);
  expect(rows.map(({ metric, summary }) => `${metric} ${summary}`)).toEqual([
    "loss last",
    "loss min",
    "loss max",
  ]);
  expect(rows[0]).toMatchObject({ values: [0.5, 0.2, null] });
  expect([...(rows[0]?.lowest ?? [])]).toEqual([1]);
  expect([...(rows[0]?.highest ?? [])]).toEqual([0]);
  expect(rows[2]?.lowest.size).toBe(0);
});

it("moves the base to the front", () => {
  expect(withBase([3, 1, 2], 2)).toEqual([2, 3, 1]);
});
