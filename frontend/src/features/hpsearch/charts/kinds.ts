import type { Shape } from "~/charts/shapes";
import type { TrialRead, TrialState } from "~/features/hpsearch/types";

/** A mark by which trials of a kind can be told apart without colour, too. */
export interface TrialKind {
  word: string;
  shape: Shape;
  /** A CSS colour. */
  color: string;
}

const BEST: TrialKind = { word: "best", shape: "diamond", color: "var(--accent)" };
const INFEASIBLE: TrialKind = { word: "infeasible", shape: "triangle", color: "var(--series-4)" };
const KINDS: Record<TrialState, TrialKind> = {
  running: { word: "running", shape: "ring", color: "var(--running)" },
  paused: { word: "paused", shape: "ring", color: "var(--waiting)" },
  stopping: { word: "stopped early", shape: "square", color: "var(--text-dim)" },
  complete: { word: "complete", shape: "disc", color: "var(--series-1)" },
  stopped: { word: "stopped early", shape: "square", color: "var(--text-dim)" },
  failed: { word: "failed", shape: "cross", color: "var(--crashed)" },
  cancelled: { word: "cancelled", shape: "bar", color: "var(--cancelled)" },
};

type Kindly = Pick<TrialRead, "number" | "state" | "is_feasible">;

/** How a trial is drawn in the history; the same colours as in the other views. */
export function trialKind({ number, state, is_feasible }: Kindly, best: number | null): TrialKind {
  if (number === best) return BEST;
  if (!is_feasible && (state === "complete" || state === "stopped")) return INFEASIBLE;
  return KINDS[state];
}

/** The kinds there are among trials, each with its number of trials, in the order of a legend. */
export function countedKinds(
  trials: readonly Kindly[],
  best: number | null,
): (TrialKind & { count: number })[] {
  const counts = new Map<string, number>();
  for (const trial of trials) {
    const { word } = trialKind(trial, best);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const all = [
    BEST,
    KINDS.complete,
    KINDS.running,
    KINDS.paused,
    KINDS.stopped,
    INFEASIBLE,
    KINDS.failed,
    KINDS.cancelled,
  ];
  return all.flatMap((kind) => {
    const count = counts.get(kind.word);
    return count === undefined ? [] : [{ ...kind, count }];
  });
}
