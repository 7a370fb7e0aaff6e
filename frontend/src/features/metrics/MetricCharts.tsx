import { Skeleton } from "@mantine/core";
import { IconChartLine } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { plural } from "~/lib/format";
import { Empty } from "~/ui/Empty";
import { ErrorBoundary } from "~/ui/ErrorBoundary";
import { ErrorNote } from "~/ui/ErrorNote";
import { ChartTools } from "./ChartTools";
import { chartSpecs, troubles } from "./charted";
import { MetricChart } from "./MetricChart";
import classes from "./metrics.module.css";
import { useChartSearch } from "./useChartSearch";
import { type ChartedMetrics, MOST_TASKS, useMetrics } from "./useMetrics";

interface MetricChartsProps {
  /** One task, or several whose curves are laid over each other. */
  taskIds: readonly number[];
  /** Only these metrics; none means those the URL names, or all. */
  names?: readonly string[];
  /** What stands where no metric was written yet. */
  emptyHint?: string;
}

/** A chart for every metric of the tasks, with their tools. All settings are in the URL. */
export function MetricCharts({ taskIds, names, emptyHint }: MetricChartsProps) {
  const metrics = useMetrics(taskIds);
  if (metrics.error)
    return (
      <ErrorNote
        title="The metrics could not be read"
        message={metrics.error.message}
        onRetry={metrics.retry}
      />
    );
  if (metrics.isPending) return <LoadingCharts />;
  return <Charts metrics={metrics} names={names} emptyHint={emptyHint} numAsked={taskIds.length} />;
}

interface ChartsProps extends Omit<MetricChartsProps, "taskIds"> {
  metrics: ChartedMetrics;
  numAsked: number;
}

function Charts({ metrics: { tasks, summaries }, names, emptyHint, numAsked }: ChartsProps) {
  const [search, change] = useChartSearch();
  const [draft, setDraft] = useState<number | null>(null);
  const [cursor, setCursor] = useState<{ chart: string; x: number } | null>(null);
  const smoothing = draft ?? search.smooth ?? 0;
  const all = chartSpecs(summaries, names);
  const specs = chartSpecs(summaries, names ?? search.metric);
  // The tasks and specs keep their identity while they say the same, so that charts are not drawn for nothing.
  const fingerprint = JSON.stringify([tasks, specs]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the fingerprint stands for both
  const stable = useMemo(() => ({ tasks, specs }), [fingerprint]);
  if (all.length === 0) return <NoMetrics isOne={numAsked === 1} hint={emptyHint} />;
  return (
    <div className={classes.root}>
      <ChartTools
        taskIds={tasks.map(({ id }) => id)}
        metrics={[...new Set(all.map(({ metric }) => metric))]}
        search={search}
        onSearch={(changes) => {
          if ("smooth" in changes) setDraft(null);
          change(changes);
        }}
        smoothing={smoothing}
        onSmoothing={setDraft}
      />
      <div className={classes.scroller}>
        {numAsked > MOST_TASKS && (
          <p className="dim">
            The first {MOST_TASKS} of {plural(numAsked, "task")}.
          </p>
        )}
        <div className={classes.grid}>
          {stable.specs.map((spec) => (
            <ErrorBoundary key={`${spec.isClasswise} ${spec.id}`} what={`The chart of ${spec.id}`}>
              <MetricChart
                spec={spec}
                tasks={stable.tasks}
                troubles={troubles(spec, summaries, tasks)}
                search={search}
                smoothing={smoothing}
                onSearch={change}
                cursorX={cursor && cursor.chart !== spec.id ? cursor.x : null}
                onCursorX={(x) => setCursor(x === null ? null : { chart: spec.id, x })}
              />
            </ErrorBoundary>
          ))}
        </div>
      </div>
    </div>
  );
}

/** Cards in the places of charts that are on their way. */
function LoadingCharts() {
  return (
    <div className={classes.scroller} role="status" aria-label="Loading the metrics">
      <div className={classes.grid}>
        {["one", "two", "three", "four"].map((place) => (
          <Skeleton key={place} height={242} radius="sm" />
        ))}
      </div>
    </div>
  );
}

function NoMetrics({ isOne, hint }: { isOne: boolean; hint?: string }) {
  return (
    <Empty title="No metrics yet" icon={<IconChartLine size={28} stroke={1.5} />}>
      {hint ?? (
        <>
          {isOne ? "The script has" : "These scripts have"} written no{" "}
          <code className="mono">metric_NAME.log</code>. Each of its lines is an epoch and a value, such as{" "}
          <code className="mono">12 0.073</code>.
        </>
      )}
    </Empty>
  );
}
