import { integer, oneOf, type SearchOf, text } from "~/lib/urlState";

/** What the URL says about one search. */
export const oneSearchReaders = {
  tab: oneOf("trials", "curves", "config"),
  /** The metric that trials are judged by, and which of its values. */
  by: text(),
  best: oneOf("min", "max", "last"),
  /** For `last`: whether high or low is good. */
  good: oneOf("low", "high"),
  /** The parameter under the scatter plot. */
  param: text(),
  /** "number", "-value", "params.lr", "status". */
  sort: text(),
  /** The marked trial. */
  trial: integer(0),
};

/** What the URL says about the list of searches. */
export const searchListReaders = { sort: text() };

export type OneSearchSearch = SearchOf<typeof oneSearchReaders>;
