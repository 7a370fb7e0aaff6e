import { Suspense } from "react";
import { LoadingBlock } from "~/ui/Loading";
import type { SearchViewProps } from "./types";
import { VIEWS } from "./views";
import views from "./views.module.css";

/** How the search goes at a glance: its history, its curves, what matters, what ran when. */
export function OverviewView(props: SearchViewProps) {
  const { history: History, curves: Curves, importance: Importance, parallel: Parallel } = VIEWS;
  const hasObjective = props.search.objectives.length > 0;
  return (
    <div className={views.overview}>
      <Suspense fallback={<LoadingBlock label="Loading the overview" />}>
        {hasObjective && History && <History {...props} isCompact />}
        {hasObjective && Curves && <Curves {...props} isCompact />}
        {Parallel && <Parallel {...props} isCompact />}
        {hasObjective && Importance && <Importance {...props} isCompact />}
      </Suspense>
    </div>
  );
}
