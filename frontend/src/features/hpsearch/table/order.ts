import { type Axis, type AxisValue, axisValue } from "~/features/hpsearch/axes";
import { TRIAL_STATES } from "~/features/hpsearch/trials";
import type { TrialRead } from "~/features/hpsearch/types";

/** Sorted by a column's id, with "-" descending; trials without a value there come last both ways. */
export function sortedTrials(
  trials: readonly TrialRead[],
  sort: string,
  axes: readonly Axis[],
): readonly TrialRead[] {
  const isDescending = sort.startsWith("-");
  const key = sort.replace(/^-/, "");
  if (key === "number") return isDescending ? trials.toReversed() : trials;
  const axis = axes.find(({ id }) => id === key);
  const keyed = trials.map((trial) => ({
    trial,
    at: axis ? axisValue(trial, axis) : plainValue(trial, key),
  }));
  keyed.sort((a, b) => {
    if (a.at === null || b.at === null) return Number(a.at === null) - Number(b.at === null);
    const order = compared(a.at, b.at);
    return (isDescending ? -order : order) || a.trial.number - b.trial.number;
  });
  return keyed.map(({ trial }) => trial);
}

/** Of columns that are no axis; "" counts as no value. */
export function plainValue(trial: TrialRead, key: string): AxisValue {
  switch (key) {
    case "state":
      return TRIAL_STATES.indexOf(trial.state);
    case "task":
      return trial.task_name || null;
    case "reason":
    case "platform":
    case "origin":
      return trial[key] || null;
    default:
      return null;
  }
}

function compared(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

/** In the order that is shown already, so that no row moves from under the pointer; what is new comes last. */
export function heldOrder(shown: readonly number[], sorted: readonly TrialRead[]): readonly TrialRead[] {
  const byNumber = new Map(sorted.map((trial) => [trial.number, trial]));
  const held = shown.flatMap((number) => byNumber.get(number) ?? []);
  const known = new Set(shown);
  return [...held, ...sorted.filter(({ number }) => !known.has(number))];
}
