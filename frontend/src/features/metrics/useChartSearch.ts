import { useSearch } from "@tanstack/react-router";
import { useChangeSearch } from "~/ui/useChangeSearch";
import type { ChartSearch } from "./searchParams";

/** The chart settings of the page's URL, and what changes some of them. */
export function useChartSearch(): [ChartSearch, (changes: ChartSearch) => void] {
  const { x, log, smooth, metric, zoom, hide } = useSearch({ strict: false });
  return [{ x, log, smooth, metric, zoom, hide }, useChangeSearch<ChartSearch>()];
}
