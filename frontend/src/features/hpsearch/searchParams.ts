import { integer, list, oneOf, type SearchOf, text } from "~/lib/urlState";

/** The views of one search, in the order of their tabs; the first one needs no name in the URL. */
export const TABS = [
  "overview",
  "trials",
  "curves",
  "parallel",
  "slices",
  "contour",
  "importance",
  "pareto",
  "timeline",
  "rungs",
  "metrics",
  "best",
  "config",
] as const;
export type Tab = (typeof TABS)[number];

/**
 * What the URL says about one search. Axes are named by `axes.ts`: "params.training.lr", "objectives.0", "epochs".
 * The names keep clear of those of the metric charts, which share the URL.
 */
export const oneSearchReaders = {
  tab: oneOf(...TABS),
  /** The marked trial. */
  trial: integer(0),
  /** What is brushed, an entry per axis; see `brushes.ts`. */
  brush: list(text()),
  /** The objective that values, best trials and colours are of; an index. */
  objective: integer(0),
  /** The metric of the learning curves. */
  curve: text(),
  /** What the history is in the order of: the trials' numbers, or when they ended. */
  order: oneOf("time"),
  /** Shown parts of the curves and of the timeline: "3..27". */
  epochs: text(),
  times: text(),
  /** Brackets of rungs that are folded. */
  folded: list(integer(0)),
  /** The horizontal and the vertical axis of views that choose theirs. */
  across: text(),
  up: text(),
  /** Axes whose scale is not the one they begin with: logarithmic instead of linear, or the reverse. */
  flip: list(text()),
  /** The order of the parallel axes. */
  axes: list(text()),
  /** Of a search without objectives: the metric it is judged by, which of its values, and for the last one what is good. */
  by: text(),
  best: oneOf("min", "max", "last"),
  good: oneOf("low", "high"),
  /** Of the table: an axis, with "-" descending, and the axes that are hidden. */
  sort: text(),
  without: list(text()),
};

/** What the URL says about the list of searches. */
export const searchListReaders = {
  sort: text(),
  q: text(),
  status: list(oneOf("running", "paused", "finished", "stopped", "failed")),
};

export type OneSearchSearch = SearchOf<typeof oneSearchReaders>;
export type SearchListSearch = SearchOf<typeof searchListReaders>;
