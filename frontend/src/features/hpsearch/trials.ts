import type { Task, Trial } from "~/api/client";
import type { AxisValue } from "~/charts/parallel";
import { STATUSES } from "~/lib/statuses";

/** A trial, its task as far as it is read, and the value it is judged by. */
export interface TrialRow {
  trial: Trial;
  task: Task | undefined;
  value: number | null;
  last: number | null;
}

/** How trials are judged. */
export interface Judgement {
  metric: string | null;
  summary: "min" | "max" | "last";
  isLowBest: boolean;
}

const HIGH_IS_GOOD = /acc|auc|iou|f1|dice|map\b|precision|recall|score|reward|return|bleu|psnr|ssim|r2/i;

/** Names of the metrics that any of the tasks has, without those by class, which have no one value. */
export function metricNames(tasks: readonly Task[]): string[] {
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

/** The judgement that the URL names; else a loss by its least value, or what its name suggests. */
export function judgementOf(
  names: readonly string[],
  asked: { by?: string; best?: Judgement["summary"]; good?: "low" | "high" },
): Judgement {
  const preferred = names.find((name) => /val.*loss/i.test(name)) ?? names.find((name) => /loss/i.test(name));
  const metric = names.find((name) => name === asked.by) ?? preferred ?? names[0] ?? null;
  const isLow = metric === null || isLowGood(metric);
  const summary = asked.best ?? (isLow ? "min" : "max");
  const isLowBest = summary === "last" ? (asked.good ? asked.good === "low" : isLow) : summary === "min";
  return { metric, summary, isLowBest };
}

export function trialRows(
  trials: readonly Trial[],
  tasks: readonly Task[],
  judgement: Judgement,
): TrialRow[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  return trials.map((trial) => {
    const task = trial.task_id === null ? undefined : byId.get(trial.task_id);
    const values = judgement.metric === null ? undefined : task?.metrics[judgement.metric];
    return { trial, task, value: values?.[judgement.summary] ?? null, last: values?.last ?? null };
  });
}

/** The row with the best value; null while there is none. */
export function bestRow(rows: readonly TrialRow[], isLowBest: boolean): TrialRow | null {
  let best: TrialRow | null = null;
  for (const row of rows) {
    if (row.value === null) continue;
    const isBetter = best?.value == null || (isLowBest ? row.value < best.value : row.value > best.value);
    if (isBetter) best = row;
  }
  return best;
}

/** Names of the parameters that the trials set, in the order in which they appear. */
export function paramNames(trials: readonly Trial[]): string[] {
  return [...new Set(trials.flatMap(({ params }) => Object.keys(params)))];
}

/** A parameter's value on an axis; lists and mappings as JSON. */
export function axisValue(value: unknown): AxisValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "number") return value;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Sorted by "number", "value", "last", "status" or "params.NAME", with "-" descending; rows without a value come last. */
export function sortedRows(rows: readonly TrialRow[], sort: string): TrialRow[] {
  const isDescending = sort.startsWith("-");
  const key = sort.replace(/^-/, "");
  const keyed = rows.map((row) => ({ row, at: sortValue(row, key) }));
  keyed.sort((a, b) => {
    if (a.at === null || b.at === null) return Number(a.at === null) - Number(b.at === null);
    const order = compared(a.at, b.at);
    return (isDescending ? -order : order) || a.row.trial.number - b.row.trial.number;
  });
  return keyed.map(({ row }) => row);
}

function sortValue({ trial, task, value, last }: TrialRow, key: string): AxisValue {
  if (key === "value") return value;
  if (key === "last") return last;
  if (key.startsWith("params.")) return axisValue(trial.params[key.slice("params.".length)]);
  const status = task?.status ?? trial.task_status;
  if (key === "status") return status === null || status === undefined ? null : STATUSES.indexOf(status);
  return trial.number;
}

function compared(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}
