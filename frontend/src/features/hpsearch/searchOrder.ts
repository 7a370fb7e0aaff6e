import { type Axis, axisValue } from "./axes";
import type { TrialRead } from "./types";

export const DEFAULT_TRIAL_SORT = "-number";

/** What a column of the table sorts by, beside the axes. */
const TEXTS: Record<string, (trial: TrialRead) => string> = {
  state: ({ state }) => state,
  platform: ({ platform }) => platform,
  reason: ({ reason }) => reason,
};

/** The trials in the order of an axis or a text, with "-" descending; those without a value come last. */
export function sortedTrials(trials: readonly TrialRead[], sort: string, axes: readonly Axis[]): TrialRead[] {
  const sign = sort.startsWith("-") ? -1 : 1;
  const key = sort.replace(/^-/, "");
  const axis = axes.find(({ id }) => id === key) ?? { id: key, choices: null };
  const read = TEXTS[key] ?? ((trial: TrialRead) => axisValue(trial, axis));
  return trials
    .map((trial) => ({ trial, value: read(trial) }))
    .sort((a, b) => compared(a.value, b.value, sign) || a.trial.number - b.trial.number)
    .map(({ trial }) => trial);
}

function compared(a: number | string | null, b: number | string | null, sign: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  return sign * String(a).localeCompare(String(b), undefined, { numeric: true });
}
