import { Select } from "@mantine/core";
import { useMemo } from "react";
import { CurveBundle } from "~/charts/CurveBundle";
import { ShapeSwatch } from "~/charts/ShapeSwatch";
import type { Axis } from "~/features/hpsearch/axes";
import { useHoveredTrial, useSearchState, useTrialSelection } from "~/features/hpsearch/selection";
import { isJudged, isOver, trialLook } from "~/features/hpsearch/trials";
import type { SearchDetail, SearchViewProps, TrialRead } from "~/features/hpsearch/types";
import { formatNumber, plural } from "~/lib/format";
import { Empty } from "~/ui/Empty";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingBlock } from "~/ui/Loading";
import { ChartFrame } from "./ChartFrame";
import type { TableData } from "./ChartTable";
import classes from "./charts.module.css";
import { type Curve, curveLines, rungPlaces } from "./curveLines";
import { trackedMetric } from "./historyMarks";
import { parseRange, rangeText } from "./ranges";
import { useCurves, useRungs } from "./useLiveAnswers";

/** Stands for the curves' values among the axes that may be logarithmic. */
const CURVES: Axis = {
  id: "curves",
  label: "curves",
  kind: "fact",
  isLog: false,
  choices: null,
  range: null,
};
const HEIGHT = 440;
const COMPACT_HEIGHT = 220;

/** Every trial's metric over its epochs. Those that were stopped end where they were. */
export function CurvesView({ search, trials, isCompact }: SearchViewProps) {
  const [{ curve }] = useSearchState();
  const { isLog, setLog } = useTrialSelection();
  // Without an objective of its own the server would choose another metric than the page.
  const judged = isJudged(search) ? trackedMetric(search) : null;
  const answer = useCurves(search, curve ?? judged ?? undefined);
  const height = isCompact ? COMPACT_HEIGHT : HEIGHT;
  const curves = answer.data?.items ?? NONE;
  const metric = answer.data?.metric || curve || trackedMetric(search) || "metric";
  const byNumber = useMemo(() => new Map(trials.map((trial) => [trial.number, trial])), [trials]);
  const isLogarithmic = isLog(CURVES);
  const table = (): TableData => curveTable(curves, byNumber);
  return (
    <ChartFrame
      title={`Curves of ${metric}`}
      numTrials={trials.length}
      table={isCompact || curves.length === 0 ? null : table}
      tools={
        !isCompact && (
          <>
            <MetricChoice search={search} metric={metric} />
            <button
              type="button"
              className={classes.toggle}
              aria-pressed={isLogarithmic}
              aria-label={`${metric} on a logarithmic axis`}
              onClick={() => setLog(CURVES, !isLogarithmic)}
            >
              log
            </button>
          </>
        )
      }
      legend={
        curves.length > 0 && (
          <CurveLegend curves={curves} trials={byNumber} hasRungs={search.has_early_stopping} />
        )
      }
    >
      {answer.error && !answer.data ? (
        <ErrorNote
          title="The curves could not be read"
          message={answer.error.message}
          onRetry={() => void answer.refetch()}
        />
      ) : answer.isPending ? (
        <LoadingBlock height={height} label="Loading the curves" />
      ) : curves.length === 0 ? (
        <div style={{ height }}>
          <Empty title={isOver(search) ? "No curves" : "No curves yet"}>
            They begin with the first epoch that a trial writes of {metric}.
          </Empty>
        </div>
      ) : (
        <Curves search={search} metric={metric} curves={curves} trials={byNumber} height={height} />
      )}
    </ChartFrame>
  );
}

const NONE: Curve[] = [];

/** The metrics that the search knows of; others have their charts among all metrics. */
function MetricChoice({ search, metric }: { search: SearchDetail; metric: string }) {
  const [, change] = useSearchState();
  const tracked = trackedMetric(search);
  const names = [...new Set([tracked, ...search.objectives.map((one) => one.metric), metric])];
  const data = names.filter((name) => name !== null);
  if (data.length < 2) return null;
  return (
    <Select
      size="xs"
      w={180}
      aria-label="Metric of the curves"
      data={data}
      value={metric}
      allowDeselect={false}
      onChange={(name) =>
        change({ curve: name === tracked ? undefined : (name ?? undefined), epochs: undefined })
      }
    />
  );
}

/** What the curves' ends mean, of those that there are. */
const ENDS = [
  { state: "running", shape: "disc", color: "var(--running)", word: "running" },
  { state: "stopped", shape: "bar", color: "var(--text-dim)", word: "stopped early" },
  { state: "failed", shape: "cross", color: "var(--crashed)", word: "failed" },
  { state: "cancelled", shape: "cross", color: "var(--cancelled)", word: "cancelled" },
] as const;

interface CurveLegendProps {
  curves: readonly Curve[];
  trials: ReadonlyMap<number, TrialRead>;
  hasRungs: boolean;
}

function CurveLegend({ curves, trials, hasRungs }: CurveLegendProps) {
  const { best } = useTrialSelection();
  const states = new Set(curves.map(({ number }) => trials.get(number)?.state));
  return (
    <>
      {curves.some(({ number }) => number === best) && (
        <span className={classes.key}>
          <span className={classes.bestKey} aria-hidden />
          <ShapeSwatch shape="diamond" color="var(--accent)" /> best
        </span>
      )}
      {curves.some(({ number }) => number !== best && trials.get(number)?.state === "complete") && (
        <span className={classes.key}>
          <span className={classes.lineKey} aria-hidden /> complete
        </span>
      )}
      {ENDS.filter(({ state }) => states.has(state)).map(({ state, shape, color, word }) => (
        <span key={state} className={classes.key}>
          <ShapeSwatch shape={shape} color={color} /> {word}
        </span>
      ))}
      {hasRungs && (
        <span className={classes.key}>
          <span className={classes.rungKey} aria-hidden /> rung
        </span>
      )}
    </>
  );
}

interface CurvesProps {
  search: SearchDetail;
  metric: string;
  curves: readonly Curve[];
  trials: ReadonlyMap<number, TrialRead>;
  height: number;
}

function Curves({ search, metric, curves, trials, height }: CurvesProps) {
  const [{ epochs }, change] = useSearchState();
  const { selected, isBrushed, best, highlighted, setHighlighted, isLog } = useTrialSelection();
  const [hovered, setHovered] = useHoveredTrial();
  const rungs = useRungs(search).data?.items;
  const lines = useMemo(
    () => curveLines(curves, trials, { best, isBrushed, selected }),
    [curves, trials, best, isBrushed, selected],
  );
  const rules = useMemo(() => rungPlaces(rungs ?? [], curves), [rungs, curves]);
  const zoom = useMemo(() => parseRange(epochs), [epochs]);
  const points = useMemo(() => new Map(curves.map((curve) => [curve.number, curve.points])), [curves]);
  const end = best === null ? undefined : points.get(best)?.at(-1)?.[1];
  return (
    <CurveBundle
      label={`${metric} of ${plural(curves.length, "trial")} over epochs${
        best === null ? "" : `; the best, trial ${best}, ends at ${formatNumber(end)}`
      }.`}
      lines={lines}
      rules={rules}
      yScale={isLog(CURVES) ? "log" : "linear"}
      zoom={zoom}
      onZoom={(range) => change({ epochs: rangeText(range) })}
      hovered={hovered}
      onHover={setHovered}
      pinned={highlighted}
      onOpen={(number) => setHighlighted(number === highlighted ? null : number)}
      bubble={(number, point) => {
        const [epoch, value] = points.get(number)?.[point] ?? [];
        const trial = trials.get(number);
        return (
          <>
            <p>
              <strong>Trial {number}</strong> {trial && trialLook(trial, best).word}
            </p>
            <p>
              {metric} <strong>{formatNumber(value)}</strong> at epoch {formatNumber(epoch)}
            </p>
            {trial?.reason && <p className="dim">{trial.reason}</p>}
          </>
        );
      }}
      height={height}
    />
  );
}

function curveTable(curves: readonly Curve[], trials: ReadonlyMap<number, TrialRead>): TableData {
  return {
    head: ["Last epoch", "Last value", "State", "Why"],
    rows: curves.map(({ number, points }) => {
      const [epoch, value] = points.at(-1) ?? [];
      const trial = trials.get(number);
      return {
        number,
        cells: [
          formatNumber(epoch),
          formatNumber(value),
          trial ? trialLook(trial, null).word : "",
          trial?.reason ?? "",
        ],
      };
    }),
  };
}
