import type { Patch } from "./patches";

/** Answers that follow from a task's status, and are out of date when one changes. */
export const STATUS_DEPENDENT = [
  "/tasks/counts",
  "/tasks/{task_id}/attempts",
  "/tasks/{task_id}/environment",
];

/** Remembers the status of every task seen in the stream, to tell whether a patch changes one. */
export class StatusWatch {
  private readonly seen = new Map<number, string>();

  /** Whether any of the patches has another status than before; a task seen first counts. */
  hasChange(patches: Iterable<Patch>): boolean {
    let hasChange = false;
    for (const { id, status, is_archived, num_attempts } of patches) {
      if (status === undefined) continue;
      const now = `${status} ${is_archived} ${num_attempts}`;
      hasChange ||= this.seen.get(id) !== now;
      this.seen.set(id, now);
    }
    return hasChange;
  }
}
