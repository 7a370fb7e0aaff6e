import type { Task } from "~/api/client";

const REASONS: Record<Task["status"], string> = {
  waiting: "It waits for a free slot of its platform.",
  submitting: "It was handed to its platform and has not started yet.",
  running: "Its process is running.",
  finished: "It ended with exit code 0.",
  crashed: "It ended with an error; its logs say more.",
  cancelled: "Somebody stopped it.",
  pruned: "Its search stopped it early.",
  failed_to_start: "It could not be started.",
  timed_out: "It ran into its time limit.",
  preempted: "Its platform took its place for something else.",
  lost: "No trace of it was found where it ran.",
};

/** What a status means, where the server has nothing more particular to say. */
export function defaultReason({ status }: Pick<Task, "status">): string {
  return REASONS[status];
}

/** Why a task has not started, as its platform's queue says it; null where it has, or nothing is said. */
export function pendingReason({
  status,
  reason,
  started_at,
}: Pick<Task, "status" | "reason" | "started_at">): string | null {
  const isPending = status === "waiting" || status === "submitting";
  return isPending && started_at === null && reason !== "" ? reason : null;
}
