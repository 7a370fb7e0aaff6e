import { formatCount, formatPercent } from "~/lib/format";
import type { SearchRead } from "./types";

/** How far a search has come, as parts of a bar that are 1 together at most, and in words. */
export interface SearchProgress {
  parts: { tone: "finished" | "pruned" | "crashed" | "cancelled" | "running"; share: number }[];
  /** 0 to 1; null where nothing says how much there is to do. */
  fraction: number | null;
  /** "12/60" */
  short: string;
  /** "9 complete, 3 stopped early, 4 active, of 60 trials" */
  words: string;
}

type Counted = Pick<
  SearchRead,
  | "n_trials"
  | "num_trials"
  | "num_active"
  | "num_finished"
  | "num_stopped"
  | "num_failed"
  | "num_cancelled"
  | "epochs"
  | "epochs_budget"
>;

/** Counted in trials; a search that only its budget limits is counted in epochs. */
export function searchProgress(search: Counted): SearchProgress {
  const { n_trials, num_trials, num_active, num_finished, num_stopped, num_failed, num_cancelled } = search;
  const ended = numEnded(search);
  const total = Math.max(1, n_trials, num_trials, ended + num_active);
  const byEpochs = search.epochs_budget ? search.epochs / search.epochs_budget : null;
  const byTrials = n_trials > 0 ? ended / Math.max(n_trials, 1) : null;
  const fraction = byTrials ?? byEpochs;
  // Of a budget's bar all parts are shares of the epochs used up.
  const scale = byTrials === null && byEpochs !== null ? Math.min(1, byEpochs) : 1;
  const share = (count: number) => (count / total) * scale;
  return {
    parts: [
      { tone: "finished", share: share(num_finished) },
      { tone: "pruned", share: share(num_stopped) },
      { tone: "crashed", share: share(num_failed) },
      { tone: "cancelled", share: share(num_cancelled) },
      { tone: "running", share: share(num_active) },
    ],
    fraction: fraction === null ? null : Math.min(1, fraction),
    short: n_trials > 0 ? `${formatCount(ended)}/${formatCount(n_trials)}` : formatCount(ended),
    words: inWords(search),
  };
}

type Ended = Pick<SearchRead, "num_finished" | "num_stopped" | "num_failed" | "num_cancelled">;

/** How many trials are over, in whichever way. */
export function numEnded({ num_finished, num_stopped, num_failed, num_cancelled }: Ended): number {
  return num_finished + num_stopped + num_failed + num_cancelled;
}

function inWords(search: Counted): string {
  const { n_trials, num_finished, num_stopped, num_failed, num_cancelled, num_active } = search;
  const parts = [
    `${formatCount(num_finished)} complete`,
    ...(num_stopped > 0 ? [`${formatCount(num_stopped)} stopped early`] : []),
    ...(num_failed > 0 ? [`${formatCount(num_failed)} failed`] : []),
    ...(num_cancelled > 0 ? [`${formatCount(num_cancelled)} cancelled`] : []),
    ...(num_active > 0 ? [`${formatCount(num_active)} active`] : []),
  ];
  return n_trials > 0 ? `${parts.join(", ")}, of ${formatCount(n_trials)} trials` : parts.join(", ");
}

/** "1,204", or with a budget "1,204 of 5,000 (24%)". */
export function epochsText({ epochs, epochs_budget }: Pick<SearchRead, "epochs" | "epochs_budget">): string {
  if (epochs_budget === null || epochs_budget === 0) return formatCount(epochs);
  return `${formatCount(epochs)} of ${formatCount(epochs_budget)} (${formatPercent(epochs / epochs_budget)})`;
}
