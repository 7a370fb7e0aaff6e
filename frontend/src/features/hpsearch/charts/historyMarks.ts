import type { Mark, Step } from "~/charts/marks";
import { bestSteps, type ChosenObjective, objectiveValue } from "~/features/hpsearch/trials";
import type { SearchDetail, TrialRead } from "~/features/hpsearch/types";
import { parseTime } from "~/lib/time";
import { trialKind } from "./kinds";

/** What the horizontal axis counts: trials, or Unix seconds at which they ended. */
export type Order = "number" | "time";

export interface History {
  /** By ascending x. */
  marks: Mark[];
  /** The best value so far. */
  steps: Step[];
  /** Trials without a value, which stand at the foot. */
  numWithout: number;
}

interface HistoryOptions {
  order: Order;
  best: number | null;
  /** Others are faint. */
  selected: ReadonlySet<number>;
}

/**
 * The trials as marks by their objective's value. A running one has the newest value that is known of that metric;
 * one that waits is not drawn, nor in the order of time one that has not ended.
 */
export function historyOf(
  search: Pick<SearchDetail, "objectives" | "spec">,
  trials: readonly TrialRead[],
  objective: ChosenObjective,
  { order, best, selected }: HistoryOptions,
): History {
  const tracked = trackedMetric(search) === objective.metric;
  const ordered = order === "number" ? trials : trials.filter(isEnded).toSorted(byEnd);
  const xs = new Map(ordered.map((trial) => [trial.number, placeOf(trial, order)]));
  const marks = ordered.flatMap((trial): Mark[] => {
    const isOpen = trial.ended_at === null;
    if (isOpen && trial.started_at === null && trial.last_value === null) return [];
    const value = objectiveValue(trial, objective.index) ?? (isOpen && tracked ? trial.last_value : null);
    const { shape, color } = trialKind(trial, best);
    const y = value !== null && Number.isFinite(value) ? value : null;
    return [
      {
        id: trial.number,
        x: xs.get(trial.number) ?? 0,
        y,
        shape,
        color,
        isFaint: !selected.has(trial.number),
      },
    ];
  });
  const steps = bestSteps(ordered, objective).map(({ number, value }): Step => [xs.get(number) ?? 0, value]);
  return { marks, steps, numWithout: marks.filter(({ y }) => y === null).length };
}

function isEnded({ ended_at }: TrialRead): boolean {
  return parseTime(ended_at) !== null;
}

function placeOf(trial: TrialRead, order: Order): number {
  return order === "number" ? trial.number : (parseTime(trial.ended_at) ?? 0) / 1000;
}

function byEnd(a: TrialRead, b: TrialRead): number {
  return placeOf(a, "time") - placeOf(b, "time") || a.number - b.number;
}

/** The metric whose newest value a trial tells: what early stopping looks at, else the first objective's. */
export function trackedMetric({
  objectives,
  spec,
}: Pick<SearchDetail, "objectives" | "spec">): string | null {
  const stopping = spec["early_stopping"];
  if (typeof stopping === "object" && stopping !== null && "metric" in stopping)
    return String(stopping.metric);
  return objectives[0]?.metric ?? null;
}

/** Least and greatest value of marks and target; null where no mark has one. Without those a log axis cannot show. */
export function valueExtent(
  { marks }: Pick<History, "marks">,
  target: number | null,
  isLog: boolean,
): [number, number] | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of [...marks.map(({ y }) => y), target]) {
    if (value === null || (isLog && value <= 0)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const hasMark = marks.some(({ y }) => y !== null && !(isLog && y <= 0));
  return hasMark ? [low, high] : null;
}
