import { flag, integer, list, oneOf, type SearchOf } from "~/lib/urlState";

/** What the URL says about a comparison. */
export const compareReaders = {
  /** The compared tasks; the first is the base. */
  id: list(integer(1)),
  tab: oneOf("curves", "params", "metrics", "config"),
  /** Shows what is the same for all tasks too. */
  all: flag(),
  /** The task whose config is set against the base's. */
  other: integer(1),
};

export type CompareSearch = SearchOf<typeof compareReaders>;
