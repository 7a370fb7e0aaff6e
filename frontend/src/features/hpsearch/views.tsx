import { type ComponentType, lazy } from "react";
import type { Tab } from "./searchParams";
import type { SearchViewProps } from "./types";

type View = ComponentType<SearchViewProps>;

/**
 * Every view that draws, loaded when it is first shown. Each takes {@link SearchViewProps} and marks what
 * `useTrialSelection()` says.
 */
export const VIEWS: Partial<Record<Tab | "history", View>> = {
  overview: lazyView(() => import("./OverviewView").then(({ OverviewView }) => OverviewView)),
  trials: lazyView(() => import("./TrialTable").then(({ TrialTable }) => TrialTable)),
  best: lazyView(() => import("./BestView").then(({ BestView }) => BestView)),
  config: lazyView(() => import("./ConfigView").then(({ ConfigView }) => ConfigView)),
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
  best: "Best config",
  config: "Config",
};
