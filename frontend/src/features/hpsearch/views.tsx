import { type ComponentType, lazy } from "react";
import { paramAxes } from "./axes";
import { TABS, type Tab } from "./searchParams";
import { isJudged } from "./trials";
import type { SearchDetail, SearchViewProps } from "./types";

type View = ComponentType<SearchViewProps>;

/**
 * Every view that draws, loaded when it is first shown. Each takes {@link SearchViewProps} and marks what
 * `useTrialSelection()` says.
 */
export const VIEWS: Partial<Record<Tab | "history", View>> = {
  history: lazyView(() => import("./charts/HistoryView").then(({ HistoryView }) => HistoryView)),
  curves: lazyView(() => import("./charts/CurvesView").then(({ CurvesView }) => CurvesView)),
  timeline: lazyView(() => import("./charts/TimelineView").then(({ TimelineView }) => TimelineView)),
  rungs: lazyView(() => import("./charts/RungsView").then(({ RungsView }) => RungsView)),
  parallel: lazyView(() => import("./explore/ParallelView").then(({ ParallelView }) => ParallelView)),
  slices: lazyView(() => import("./explore/SlicesView").then(({ SlicesView }) => SlicesView)),
  contour: lazyView(() => import("./explore/ContourView").then(({ ContourView }) => ContourView)),
  importance: lazyView(() => import("./explore/ImportanceView").then(({ ImportanceView }) => ImportanceView)),
  pareto: lazyView(() => import("./explore/ParetoView").then(({ ParetoView }) => ParetoView)),
};

/** For a module that exports the view under a name. */
export function lazyView(load: () => Promise<View>): View {
  return lazy(async () => ({ default: await load() }));
}

export const TAB_LABELS: Record<Tab, string> = {
  overview: "Overview",
  trials: "Trials",
  curves: "Curves",
  parallel: "Parallel",
  slices: "Slices",
  contour: "Contour",
  importance: "Importance",
  pareto: "Pareto front",
  timeline: "Timeline",
  rungs: "Rungs",
  metrics: "All metrics",
  best: "Best config",
  config: "Config",
};

/** The tabs that have something to show for this search, and the one that is open. */
export function offeredTabs(
  search: Pick<SearchDetail, "spec" | "objectives" | "has_early_stopping">,
  open: Tab,
): Tab[] {
  const numParams = paramAxes(search).length;
  const isIdle: Partial<Record<Tab, boolean>> = {
    contour: numParams < 2,
    // The server knows of no objective that they could be of.
    importance: isJudged(search),
    pareto: search.objectives.length < 2,
    rungs: !search.has_early_stopping,
  };
  return TABS.filter((tab) => tab === open || !isIdle[tab]);
}
