import { Suspense } from "react";
import { LoadingBlock } from "~/ui/Loading";
import { paramAxes } from "./axes";
import classes from "./parts.module.css";
import { isJudged } from "./trials";
import type { SearchViewProps } from "./types";
import { VIEWS } from "./views";

/** What one looks at first: how it went, the curves, all parameters at once, and which of them matter. */
export function Overview(props: SearchViewProps) {
  const { history: History, curves: Curves, parallel: Parallel, importance: Importance } = VIEWS;
  const hasImportance = !isJudged(props.search);
  const isWide = paramAxes(props.search).length > 1 || !hasImportance;
  return (
    <Suspense fallback={<LoadingBlock height={400} label="Loading the views" />}>
      <div className={classes.overview}>
        {History && <History {...props} isCompact />}
        {Curves && <Curves {...props} isCompact />}
        {Parallel && (
          <div className={isWide ? classes.wide : undefined}>
            <Parallel {...props} isCompact />
          </div>
        )}
        {hasImportance && Importance && <Importance {...props} isCompact />}
      </div>
    </Suspense>
  );
}
