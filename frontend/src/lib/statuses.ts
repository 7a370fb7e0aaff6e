/** Every status a task can have, in the order of a task's life. */
export const STATUSES = [
  "waiting",
  "submitting",
  "running",
  "finished",
  "crashed",
  "cancelled",
  "pruned",
  "failed_to_start",
  "timed_out",
  "preempted",
  "lost",
] as const;

export type Status = (typeof STATUSES)[number];

/** The colour family of a status: a token of styles/tokens.css, and its `-tint`. */
export type Tone = "running" | "finished" | "waiting" | "crashed" | "cancelled" | "lost" | "pruned";

const TONES: Record<Status, Tone> = {
  waiting: "waiting",
  submitting: "waiting",
  running: "running",
  finished: "finished",
  crashed: "crashed",
  cancelled: "cancelled",
  pruned: "pruned",
  failed_to_start: "crashed",
  timed_out: "cancelled",
  preempted: "cancelled",
  lost: "lost",
};

export function statusTone(status: Status): Tone {
  return TONES[status];
}

/** "failed_to_start" → "failed to start". */
export function statusWord(status: Status): string {
  return status.replaceAll("_", " ");
}

/** A task with this status has not ended: it may still change by itself. */
export function isActive(status: Status): boolean {
  return status === "waiting" || status === "submitting" || status === "running";
}
