import { useThrottledValue } from "@mantine/hooks";
import { keepPreviousData } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api } from "~/api/client";
import { isOver } from "~/features/hpsearch/trials";
import type { SearchDetail } from "~/features/hpsearch/types";
import { keptAnswer } from "./curveLines";

const MAX_POINTS = 60;
const FASTEST_MS = 2000;
const SLOWEST_MS = 15_000;

/** Milliseconds between two readings of what grows with the trials. */
export function paceOf({ num_trials }: Pick<SearchDetail, "num_trials">): number {
  return Math.min(SLOWEST_MS, FASTEST_MS + 4 * num_trials);
}

/** The learning curves of all trials, read again at its pace while the search runs, and once more at its end. */
export function useCurves(search: SearchDetail, metric: string | undefined) {
  const params = {
    path: { search_id: search.id },
    query: { max_points: MAX_POINTS, ...(metric === undefined ? {} : { metric }) },
  };
  const answer = api.useQuery(
    "get",
    "/hpsearch/{search_id}/curves",
    { params },
    {
      placeholderData: keepPreviousData,
      // Epochs between rungs are no news of the search, so the curves are asked for.
      refetchInterval: isOver(search) || search.num_active === 0 ? false : paceOf(search),
      structuralSharing: keptAnswer,
    },
  );
  useRefetch(useThrottledValue(`${search.status} ${search.num_finished}`, paceOf(search)), answer.refetch);
  return answer;
}

/** The values at every rung, read again when something became known of the search; never where there are no rungs. */
export function useRungs(search: SearchDetail) {
  const enabled = search.has_early_stopping;
  const answer = api.useQuery(
    "get",
    "/hpsearch/{search_id}/rungs",
    { params: { path: { search_id: search.id } } },
    { enabled },
  );
  useRefetch(useThrottledValue(enabled ? search.seq : 0, paceOf(search)), answer.refetch);
  return answer;
}

/** Reads again when the version is another than at first. */
function useRefetch(version: unknown, refetch: () => unknown): void {
  const known = useRef(version);
  useEffect(() => {
    if (known.current === version) return;
    known.current = version;
    void refetch();
  }, [version, refetch]);
}
