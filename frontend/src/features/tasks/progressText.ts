import type { Task } from "~/api/client";
import { formatCount, formatPercent, NOTHING } from "~/lib/format";
import { formatDuration } from "~/lib/time";

type ProgressFacts = Pick<Task, "status" | "progress">;

/** 0 to 1; a finished task is complete whatever its last line said. Null when nothing is known. */
export function fractionOf({ status, progress }: ProgressFacts): number | null {
  return status === "finished" ? 1 : (progress?.fraction ?? null);
}

/**
 * Epochs begun of all, counted from 1 as people do: "12/50"; "12" when the end is unknown. Scripts that write epochs
 * from 1 themselves have no "51/50".
 */
export function epochText({ progress }: ProgressFacts): string {
  if (!progress || progress.epoch === null) return NOTHING;
  const begun = progress.epoch + 1;
  const { num_epochs } = progress;
  return num_epochs === null ? String(begun) : `${Math.min(begun, num_epochs)}/${num_epochs}`;
}

/** "train 120/500" */
export function iterationText({ progress }: ProgressFacts): string {
  if (!progress || progress.iteration === null) return NOTHING;
  const phase = progress.phase ?? "iteration";
  const done = progress.iteration + 1;
  const all = progress.iterations_per_epoch;
  return all === null
    ? `${phase} ${formatCount(done)}`
    : `${phase} ${formatCount(Math.min(done, all))}/${formatCount(all)}`;
}

/** Seconds until the task ends; null when it has, or when that cannot be told. */
export function remainingSeconds({ status, progress }: ProgressFacts): number | null {
  return status === "running" ? (progress?.total_remaining_seconds ?? null) : null;
}

/** Seconds until the present epoch ends. */
export function epochRemainingSeconds({ status, progress }: ProgressFacts): number | null {
  return status === "running" ? (progress?.epoch_remaining_seconds ?? null) : null;
}

/** For screen readers and the panel: "82%, epoch 164/200, 4h 06m left". */
export function progressSentence(task: ProgressFacts): string {
  const fraction = fractionOf(task);
  const left = remainingSeconds(task);
  const parts = [
    fraction === null ? null : formatPercent(fraction),
    task.progress?.epoch == null ? null : `epoch ${epochText(task)}`,
    left === null ? null : `${formatDuration(left)} left`,
  ];
  return parts.filter((part) => part !== null).join(" · ");
}
