import type { Task } from "~/api/client";
import { bestSteps } from "./trials";
import type { SearchDetail, TrialRead } from "./types";

/** How the trials of a search without an objective are judged: by a metric, and which of its values. */
export interface Judgement {
  metric: string;
  summary: "min" | "max" | "last";
  isLowBest: boolean;
}

const HIGH_IS_GOOD = /acc|auc|iou|f1|dice|map\b|precision|recall|score|reward|return|bleu|psnr|ssim|r2/i;
const WORDS = { min: "lowest", max: "highest", last: "last" } as const;

/** Names of the metrics that any of the tasks has, without those by class, which have no one value. */
export function metricNames(tasks: readonly Pick<Task, "metrics">[]): string[] {
  const names = new Set<string>();
  for (const { metrics } of tasks) {
    for (const [name, { is_classwise }] of Object.entries(metrics)) if (!is_classwise) names.add(name);
  }
  return [...names].sort();
}

/** Whether low values of a metric are the good ones, as its name suggests. */
export function isLowGood(metric: string): boolean {
  return /loss|err/i.test(metric) || !HIGH_IS_GOOD.test(metric);
}

/** The judgement that the URL names; else a loss by its least value, or what its name suggests. Null without a metric. */
export function judgementOf(
  names: readonly string[],
  asked: { by?: string; best?: Judgement["summary"]; good?: "low" | "high" },
): Judgement | null {
  const preferred = names.find((name) => /val.*loss/i.test(name)) ?? names.find((name) => /loss/i.test(name));
  const metric = names.find((name) => name === asked.by) ?? preferred ?? names[0];
  if (metric === undefined) return null;
  const isLow = isLowGood(metric);
  const summary = asked.best ?? (isLow ? "min" : "max");
  const isLowBest = summary === "last" ? (asked.good ? asked.good === "low" : isLow) : summary === "min";
  return { metric, summary, isLowBest };
}

/** The trials with the judged value in the place of an objective's; unchanged ones are the same objects as before. */
export function judgedTrials(
  trials: readonly TrialRead[],
  tasks: readonly Pick<Task, "id" | "metrics">[],
  judgement: Judgement,
  known: WeakMap<TrialRead, TrialRead>,
): TrialRead[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  return trials.map((trial) => {
    const metrics = trial.task_id === null ? undefined : byId.get(trial.task_id)?.metrics;
    const value = metrics?.[judgement.metric]?.[judgement.summary];
    const objectives = typeof value === "number" ? [value] : null;
    const before = known.get(trial);
    if (before && before.objectives?.[0] === objectives?.[0]) return before;
    const judged = { ...trial, objectives };
    known.set(trial, judged);
    return judged;
  });
}

/** The search as if the judged metric were its objective. */
export function judgedSearch(
  search: SearchDetail,
  trials: readonly TrialRead[],
  { metric, summary, isLowBest }: Judgement,
): SearchDetail {
  const best = bestSteps(trials, { index: 0, isLowBest }).at(-1);
  const task = trials.find(({ number }) => number === best?.number)?.task_id ?? null;
  return {
    ...search,
    objectives: [
      { metric, direction: isLowBest ? "minimize" : "maximize", summary: WORDS[summary], target: null },
    ],
    best_number: best?.number ?? null,
    best_value: best?.value ?? null,
    best_task_id: task,
  };
}
