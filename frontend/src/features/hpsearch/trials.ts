import type { SearchDetail, SearchRead, TrialRead, TrialState } from "./types";

/** How a trial's state looks beside its word: a token of styles/tokens.css, and its `-tint`. */
export type TrialTone = "running" | "finished" | "pruned" | "crashed" | "cancelled" | "waiting";

const TONES: Record<TrialState, TrialTone> = {
  running: "running",
  stopping: "pruned",
  complete: "finished",
  stopped: "pruned",
  failed: "crashed",
  cancelled: "cancelled",
  paused: "waiting",
};

/** Every state, in the order of a trial's life. */
export const TRIAL_STATES = [
  "running",
  "paused",
  "stopping",
  "complete",
  "stopped",
  "failed",
  "cancelled",
] as const satisfies readonly TrialState[];

export function trialTone(state: TrialState): TrialTone {
  return TONES[state];
}

/** How a trial is drawn in a chart. The same in every chart. */
export interface TrialLook {
  /** For the legend and for screen readers: "best", "complete", "stopped early". */
  word: string;
  /** A CSS colour. */
  color: string;
  /** Drawn as an outline: it has not ended. */
  isOutlined: boolean;
  /** Drawn behind the others, and paler. */
  isFaint: boolean;
}

/** The best trial in the accent's colour, stopped ones muted, failed ones red, running ones outlined. */
export function trialLook(trial: Pick<TrialRead, "number" | "state">, best: number | null): TrialLook {
  if (trial.number === best)
    return { word: "best", color: "var(--accent)", isOutlined: false, isFaint: false };
  return LOOKS[trial.state];
}

const LOOKS: Record<TrialState, TrialLook> = {
  running: { word: "running", color: "var(--running)", isOutlined: true, isFaint: false },
  paused: { word: "paused", color: "var(--waiting)", isOutlined: true, isFaint: false },
  stopping: { word: "stopped early", color: "var(--text-dim)", isOutlined: true, isFaint: true },
  complete: { word: "complete", color: "var(--series-1)", isOutlined: false, isFaint: false },
  stopped: { word: "stopped early", color: "var(--text-dim)", isOutlined: false, isFaint: true },
  failed: { word: "failed", color: "var(--crashed)", isOutlined: false, isFaint: false },
  cancelled: { word: "cancelled", color: "var(--cancelled)", isOutlined: false, isFaint: true },
};

/** The looks in the order of a legend, each word once. */
export const LEGEND: readonly TrialLook[] = [
  trialLook({ number: 0, state: "complete" }, 0),
  LOOKS.complete,
  LOOKS.running,
  LOOKS.stopped,
  LOOKS.failed,
  LOOKS.cancelled,
];

/** Whether it has no objective of its own, and is shown judged by a metric that a user chose. */
export function isJudged({ spec }: Pick<SearchDetail, "spec">): boolean {
  const { objectives } = spec;
  return !Array.isArray(objectives) || objectives.length === 0;
}

/** Which objective values and best trials are of. */
export interface ChosenObjective {
  index: number;
  metric: string;
  isLowBest: boolean;
  /** "val_loss, best". */
  label: string;
}

/** The objective at an index, the first one where there is no such; null for a search without any. */
export function objectiveAt(
  search: Pick<SearchRead, "objectives">,
  index: number | undefined,
): ChosenObjective | null {
  const at = index !== undefined && search.objectives[index] ? index : 0;
  const objective = search.objectives[at];
  if (!objective) return null;
  const { metric, direction, summary } = objective;
  return {
    index: at,
    metric,
    isLowBest: direction !== "maximize",
    label: `${metric}, ${summary.replaceAll("_", " ")}`,
  };
}

/** A trial's value of an objective; null while it has none. */
export function objectiveValue({ objectives }: TrialRead, index: number): number | null {
  return objectives?.[index] ?? null;
}

/** Whether a trial may be the best: it has a value, and keeps the constraints. */
function isEligible(trial: TrialRead): boolean {
  return trial.objectives !== null && trial.is_feasible && trial.state !== "failed";
}

/** The number of the best trial by an objective, the earliest of equals; null while there is none. */
export function bestNumber(
  search: Pick<SearchRead, "objectives" | "best_number">,
  trials: readonly TrialRead[],
  objective: ChosenObjective | null,
): number | null {
  if (objective === null) return search.best_number;
  // With one objective the server has the say: it knows who counts.
  if (search.objectives.length === 1) return search.best_number;
  return bestSteps(trials, objective).at(-1)?.number ?? null;
}

/** A trial that was better than all before it. */
export interface BestStep {
  number: number;
  value: number;
}

/** How the best value became better, by the trials' numbers. */
export function bestSteps(
  trials: readonly TrialRead[],
  { index, isLowBest }: Pick<ChosenObjective, "index" | "isLowBest">,
): BestStep[] {
  const steps: BestStep[] = [];
  for (const trial of trials) {
    const value = objectiveValue(trial, index);
    if (value === null || !isEligible(trial)) continue;
    const last = steps.at(-1);
    if (!last || (isLowBest ? value < last.value : value > last.value))
      steps.push({ number: trial.number, value });
  }
  return steps;
}

/**
 * Trials with newer ones put in, by number. An unchanged trial, and the whole list where none changed, stay the same
 * objects, so that nothing is drawn again.
 */
export function mergedTrials(old: readonly TrialRead[], fresh: readonly TrialRead[]): readonly TrialRead[] {
  const known = new Map(old.map((trial) => [trial.number, trial]));
  const changed = fresh.filter((trial) => !isSame(known.get(trial.number), trial));
  if (changed.length === 0) return old;
  for (const trial of changed) known.set(trial.number, trial);
  return [...known.values()].sort((a, b) => a.number - b.number);
}

function isSame(old: TrialRead | undefined, fresh: TrialRead): boolean {
  return old !== undefined && JSON.stringify(old) === JSON.stringify(fresh);
}

/** Whether a search may still change by itself. */
export function isOver({ status }: Pick<SearchRead, "status">): boolean {
  return status !== "running" && status !== "paused";
}
