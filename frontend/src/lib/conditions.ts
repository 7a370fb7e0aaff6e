/** `unseen`: nobody has looked yet. */
export type Condition = "ok" | "degraded" | "auth_needed" | "unreachable" | "unseen";

interface Seen {
  condition: Exclude<Condition, "unseen">;
  checked_at: string | null;
  last_poll_at: string | null;
  slots: object | null;
}

/** A platform's condition as far as anybody has looked: of one that was never asked, nothing is known. */
export function seenCondition({ condition, checked_at, last_poll_at, slots }: Seen): Condition {
  const isUnseen = checked_at === null && last_poll_at === null && slots === null;
  return condition === "ok" && isUnseen ? "unseen" : condition;
}
