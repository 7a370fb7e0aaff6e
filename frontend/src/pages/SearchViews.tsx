import { Tabs } from "@mantine/core";
import { type ReactNode, Suspense, useMemo, useState } from "react";
import { SearchActions } from "~/features/hpsearch/actions/SearchActions";
import { BestConfig } from "~/features/hpsearch/BestConfig";
import { ConfigView } from "~/features/hpsearch/ConfigView";
import { MarkedTrial } from "~/features/hpsearch/MarkedTrial";
import { Notice } from "~/features/hpsearch/Notice";
import { Overview } from "~/features/hpsearch/Overview";
import { RunAgainDialog } from "~/features/hpsearch/RunAgainDialog";
import { SearchHeader } from "~/features/hpsearch/SearchHeader";
import { TABS, type Tab } from "~/features/hpsearch/searchParams";
import { useSearchState, useTrialSelection } from "~/features/hpsearch/selection";
import { TrialTable } from "~/features/hpsearch/table/TrialTable";
import type { SearchViewProps, TrialRead } from "~/features/hpsearch/types";
import { offeredTabs, TAB_LABELS, VIEWS } from "~/features/hpsearch/views";
import { MetricCharts } from "~/features/metrics/MetricCharts";
import { PlatformSelect } from "~/features/tasks/submit/PlatformSelect";
import { useOpenClone } from "~/features/tasks/useOpenClone";
import { formatCount, plural } from "~/lib/format";
import { LoadingBlock } from "~/ui/Loading";
import classes from "./page.module.css";

/** Views that fill the page's height and scroll inside. */
const FILLING: readonly Tab[] = ["trials", "best", "config"];
/** More curves than this in one chart cannot be told apart. */
const MOST_CHARTED = 50;

/** The search's head, its views behind tabs, and the marked trial at the foot. */
export function SearchViews({ children, ...props }: SearchViewProps & { children?: ReactNode }) {
  const { search, trials } = props;
  const [state, change] = useSearchState();
  const [again, setAgain] = useState<TrialRead | null>(null);
  const openClone = useOpenClone();
  const tab = state.tab ?? "overview";
  return (
    <div className={FILLING.includes(tab) ? classes.filling : classes.page}>
      <div className="card">
        <SearchHeader search={search} actions={<SearchActions search={search} />} />
        <Tabs
          value={tab}
          onChange={(next) => change({ tab: TABS.find((one) => one === next && one !== "overview") })}
        >
          <Tabs.List aria-label="Views of the search" className={classes.searchTabs}>
            {offeredTabs(search, tab).map((one) => (
              <Tabs.Tab key={one} value={one}>
                {TAB_LABELS[one]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        </Tabs>
      </div>
      <Notice search={search} />
      {children}
      <Suspense fallback={<LoadingBlock height={400} label="Loading the view" />}>
        <View tab={tab} onRunAgain={setAgain} {...props} />
      </Suspense>
      <MarkedTrial search={search} trials={trials} onRunAgain={setAgain} />
      {again && (
        <RunAgainDialog
          search={search}
          trial={again}
          renderPlatform={(field) => <PlatformSelect {...field} />}
          onMore={(taskId) => {
            setAgain(null);
            openClone(taskId);
          }}
          onClose={() => setAgain(null)}
        />
      )}
    </div>
  );
}

interface ViewProps extends SearchViewProps {
  tab: Tab;
  onRunAgain: (trial: TrialRead) => void;
}

function View({ tab, onRunAgain, ...props }: ViewProps) {
  const Drawn = VIEWS[tab];
  if (Drawn) return <Drawn {...props} />;
  switch (tab) {
    case "trials":
      return <TrialTable {...props} />;
    case "best":
      return <BestConfig {...props} onRunAgain={onRunAgain} />;
    case "config":
      return <ConfigView search={props.search} />;
    case "metrics":
      return <Metrics trials={props.trials} />;
    default:
      return <Overview {...props} />;
  }
}

/** All metrics of the tasks of the brushed trials, the best trial's among them. */
function Metrics({ trials }: Pick<SearchViewProps, "trials">) {
  const { selected, best } = useTrialSelection();
  const kept = trials.filter(({ number, task_id }) => task_id !== null && selected.has(number));
  const first = kept.toSorted((a, b) => Number(b.number === best) - Number(a.number === best));
  const key = first
    .slice(0, MOST_CHARTED)
    .map(({ task_id }) => task_id)
    .join();
  const taskIds = useMemo(() => key.split(",").filter(Boolean).map(Number), [key]);
  return (
    <div className={`card ${classes.charts}`}>
      <h2 className="visually-hidden">All metrics</h2>
      {kept.length > MOST_CHARTED && (
        <p className="dim">
          {plural(MOST_CHARTED, "trial")} of {formatCount(kept.length)} are drawn; brush an axis to choose
          which.
        </p>
      )}
      <MetricCharts taskIds={taskIds} emptyHint="The curves of all trials are laid over each other here." />
    </div>
  );
}
