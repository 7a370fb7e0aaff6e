import { IconMathFunction } from "@tabler/icons-react";
import { useMemo } from "react";
import { type ChartState, TimeSeriesChart } from "~/charts/TimeSeriesChart";
import { IconAction } from "~/ui/IconAction";
import { type ChartedTask, type ChartSpec, chartSeries, type Trouble, thinning } from "./charted";
import classes from "./metrics.module.css";
import { type ChartSearch, hiddenOf, withHidden, withToggled, withZoom, zoomOf } from "./searchParams";
import { TroubleNote } from "./TroubleNote";
import { useSeries } from "./useMetrics";
import { useSeen } from "./useSeen";

interface MetricChartProps {
  spec: ChartSpec;
  tasks: ChartedTask[];
  troubles: readonly Trouble[];
  search: ChartSearch;
  /** The weight while its slider is moved; not in the URL yet. */
  smoothing: number;
  onSearch: (changes: ChartSearch) => void;
  cursorX: number | null;
  onCursorX: (x: number | null) => void;
}

/** One metric's chart: made when first scrolled into view, asleep while out of it. */
export function MetricChart(props: MetricChartProps) {
  const { ref, isNear, wasSeen } = useSeen<HTMLDivElement>();
  return (
    <div ref={ref}>
      {wasSeen ? (
        <SeenChart {...props} isNear={isNear} />
      ) : (
        <div className={classes.pending}>
          <h3 className={classes.pendingTitle}>{props.spec.id}</h3>
        </div>
      )}
    </div>
  );
}

function SeenChart(props: MetricChartProps & { isNear: boolean }) {
  const { spec, tasks, troubles, search, smoothing, onSearch, isNear } = props;
  const { id } = spec;
  const xKind = search.x ?? "epoch";
  const zoom = zoomOf(search.zoom, id);
  const taskIds = useMemo(() => tasks.map((task) => task.id), [tasks]);
  const answer = useSeries(spec, taskIds, search.x, zoom, isNear);
  const series = useMemo(
    () => chartSeries(spec, answer.data?.series ?? [], tasks, xKind),
    [spec, answer.data, tasks, xKind],
  );
  const hiddenIds = useMemo(() => hiddenOf(search.hide, id), [search.hide, id]);
  const isLog = search.log?.includes(id) ?? false;
  const note = answer.data?.series.find((one) => one.name === spec.metric && one.note !== null)?.note;
  const thinned = answer.data && thinning(spec, answer.data.series);
  return (
    <TimeSeriesChart
      title={id}
      series={series}
      xKind={xKind}
      yScale={isLog ? "log" : "linear"}
      smoothing={smoothing}
      zoom={zoom}
      onZoom={(range) => onSearch({ zoom: withZoom(search.zoom, id, range) })}
      hiddenIds={hiddenIds}
      onToggle={(seriesId) => onSearch({ hide: withHidden(search.hide, id, seriesId) })}
      state={stateOf(answer, series.length, note ?? undefined)}
      badges={thinned ? [thinned] : []}
      actions={
        <>
          <TroubleNote troubles={troubles} isCompared={tasks.length > 1} />
          <IconAction
            label={`Logarithmic axis for ${id}`}
            size="sm"
            isPressed={isLog}
            onClick={() => onSearch({ log: withToggled(search.log, id) })}
          >
            <IconMathFunction size={15} />
          </IconAction>
        </>
      }
      cursorX={props.cursorX}
      onCursorX={props.onCursorX}
    />
  );
}

function stateOf(
  answer: { isPending: boolean; error: { message: string } | null; refetch: () => unknown },
  numSeries: number,
  note: string | undefined,
): ChartState {
  if (answer.error)
    return { kind: "error", message: answer.error.message, onRetry: () => void answer.refetch() };
  if (answer.isPending) return { kind: "loading" };
  return numSeries > 0 ? { kind: "ready" } : { kind: "empty", hint: note };
}
