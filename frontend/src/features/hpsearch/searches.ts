import type { Search } from "~/api/client";

export const DEFAULT_SEARCH_SORT = "-id";

/** The searches in the order of a key of the table, with "-" descending; newer ones first among equals. */
export function sortedSearches(items: readonly Search[], sort: string): Search[] {
  const isDescending = sort.startsWith("-");
  const key = sort.replace(/^-/, "");
  return items.toSorted((a, b) => {
    const order = compared(sortValue(a, key), sortValue(b, key));
    return (isDescending ? -order : order) || b.id - a.id;
  });
}

function sortValue(search: Search, key: string): number | string {
  if (key === "progress")
    return (search.num_finished + search.num_stopped + search.num_failed) / Math.max(1, search.n_trials);
  if (key === "best") return search.best_value ?? Number.POSITIVE_INFINITY;
  if (key === "left") return search.remaining_seconds ?? Number.POSITIVE_INFINITY;
  if (key === "epochs") return search.epochs;
  // The older, the larger the age that its column shows.
  if (key === "created_at") return -Date.parse(search.created_at);
  if (key === "name" || key === "status" || key === "algorithm" || key === "script" || key === "platform")
    return search[key];
  return search.id;
}

function compared(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}
