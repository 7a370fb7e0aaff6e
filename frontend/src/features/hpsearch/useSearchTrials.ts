import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "~/api/client";
import { mergedTrials } from "./trials";
import type { TrialRead } from "./types";

/** What is known of a search's trials, and up to which of its facts. */
export interface KnownTrials {
  items: readonly TrialRead[];
  seq: number;
}

const trialsKey = (searchId: number) => ["get", "/hpsearch/{search_id}/trials", searchId] as const;

/**
 * The trials of a search: all of them once, then those that changed since. Whoever marks the answer out of date (the
 * live stream does, when the search changed) costs a request for the news alone.
 */
export function useSearchTrials(searchId: number) {
  const cache = useQueryClient();
  return useQuery({
    queryKey: trialsKey(searchId),
    structuralSharing: false,
    queryFn: ({ signal }) => readTrials(cache, searchId, signal),
  });
}

async function readTrials(cache: QueryClient, searchId: number, signal: AbortSignal): Promise<KnownTrials> {
  const known = cache.getQueryData<KnownTrials>(trialsKey(searchId));
  const fresh = await requested(searchId, known?.seq, signal);
  // A database that was put back knows less than we do; what we have is then of another history.
  if (known && fresh.seq < known.seq) return requested(searchId, undefined, signal);
  return known ? withNews(known, fresh) : fresh;
}

/** What was known with the news put in; the same object where there are none. */
export function withNews(known: KnownTrials, fresh: KnownTrials): KnownTrials {
  const items = mergedTrials(known.items, fresh.items);
  return items === known.items && fresh.seq === known.seq ? known : { items, seq: fresh.seq };
}

async function requested(
  searchId: number,
  since: number | undefined,
  signal: AbortSignal,
): Promise<KnownTrials> {
  const { data } = await http.GET("/hpsearch/{search_id}/trials", {
    params: { path: { search_id: searchId }, query: since === undefined ? {} : { since } },
    signal,
  });
  return data ?? { items: [], seq: 0 };
}
