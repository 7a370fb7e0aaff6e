import type { components } from "~/api/schema";

type Schemas = components["schemas"];
export type SearchRead = Schemas["SearchRead"];
export type SearchDetail = Schemas["SearchDetail"];
export type TrialRead = Schemas["TrialRead"];
export type SearchStatus = SearchRead["status"];
export type TrialState = TrialRead["state"];

/** What every view of a search is given. */
export interface SearchViewProps {
  search: SearchDetail;
  /** All trials, by number; an unchanged one is the same object as before. */
  trials: readonly TrialRead[];
  /** One of several views on a page: less high, and without choices of its own. */
  isCompact?: boolean;
}
