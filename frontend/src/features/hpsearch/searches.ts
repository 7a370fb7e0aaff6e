import type { Search } from "~/api/client";
import { numEnded } from "./progress";

export const DEFAULT_SEARCH_SORT = "-id";

/** The searches in the order of a key of the table, with "-" descending; newer ones first among equals. */
export function sortedSearches(items: readonly Search[], sort: string): Search[] {
  const isDescending = sort.startsWith("-");
  const key = sort.replace(/^-/, "");
  const keyed = items.map((search) => ({ search, at: sortValue(search, key) }));
  keyed.sort((a, b) => {
    // What has no value there comes last both ways.
    if (a.at === null || b.at === null)
      return Number(a.at === null) - Number(b.at === null) || b.search.id - a.search.id;
    const order = compared(a.at, b.at);
    return (isDescending ? -order : order) || b.search.id - a.search.id;
  });
  return keyed.map(({ search }) => search);
}

/** Those that match the words and have one of the statuses. */
export function filteredSearches(items: readonly Search[], q: string, statuses: readonly string[]): Search[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((search) => {
    const { name, project, script, algorithm, platforms, notes } = search;
    const text = [name, project, script, algorithm, ...platforms, notes].join(" ").toLowerCase();
    return (
      words.every((word) => text.includes(word)) &&
      (statuses.length === 0 || statuses.includes(search.status))
    );
  });
}

function sortValue(search: Search, key: string): number | string | null {
  if (key === "progress") return numEnded(search) / Math.max(1, search.n_trials);
  if (key === "best") return search.best_value;
  if (key === "left") return search.remaining_seconds;
  if (key === "epochs" || key === "cost") return search[key];
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
