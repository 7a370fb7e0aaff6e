import { SegmentedControl } from "@mantine/core";
import { useMemo } from "react";
import { xScale, xTick, yScaleOf } from "~/charts/axes";
import type { PlotAxis } from "~/charts/CanvasPlot";
import { MarkPlot } from "~/charts/MarkPlot";
import { objectiveAxisId } from "~/features/hpsearch/axes";
import { NoObjective } from "~/features/hpsearch/explore/NoObjective";
import { TrialCard } from "~/features/hpsearch/explore/TrialCard";
import { LogToggle, ObjectiveChoice } from "~/features/hpsearch/explore/ViewHead";
import { useHoveredTrial, useSearchState, useTrialSelection } from "~/features/hpsearch/selection";
import { type ChosenObjective, isOver } from "~/features/hpsearch/trials";
import type { SearchViewProps } from "~/features/hpsearch/types";
import { formatNumber, plural } from "~/lib/format";
import { formatTime } from "~/lib/time";
import { Empty } from "~/ui/Empty";
import { ChartFrame } from "./ChartFrame";
import type { TableData } from "./ChartTable";
import classes from "./charts.module.css";
import { type History, historyOf, type Order, valueExtent } from "./historyMarks";
import { KindLegend } from "./KindLegend";
import { countedKinds, trialKind } from "./kinds";

const ORDERS = [
  { value: "number" as const, label: "By trial" },
  { value: "time" as const, label: "By end" },
];

/** How the search went: every trial's value in the order of the trials or of their ends, and the best so far. */
export function HistoryView(props: SearchViewProps) {
  const { objective } = useTrialSelection();
  return objective ? <Known {...props} objective={objective} /> : <NoObjective />;
}

function Known({ search, trials, objective, isCompact }: SearchViewProps & { objective: ChosenObjective }) {
  const [{ order = "number" }, change] = useSearchState();
  const { best, selected } = useTrialSelection();
  const history = useMemo(
    () => historyOf(search, trials, objective, { order, best, selected }),
    [search, trials, objective, order, best, selected],
  );
  const kinds = useMemo(() => {
    const drawn = new Set(history.marks.map(({ id }) => id));
    return countedKinds(
      trials.filter(({ number }) => drawn.has(number)),
      best,
    );
  }, [trials, history, best]);
  const table = (): TableData => ({
    head: [objective.label, "State", "Ended", "Why"],
    rows: trials.map((trial) => ({
      number: trial.number,
      cells: [
        formatNumber(trial.objectives?.[objective.index]),
        trialKind(trial, best).word,
        formatTime(trial.ended_at),
        trial.reason,
      ],
    })),
  });
  return (
    <ChartFrame
      title="History"
      numTrials={trials.length}
      table={isCompact || trials.length === 0 ? null : table}
      tools={
        !isCompact && (
          <>
            <ObjectiveChoice search={search} />
            <SegmentedControl
              size="xs"
              aria-label="Order of the trials"
              data={ORDERS}
              value={order}
              onChange={(next) => change({ order: next === "time" ? next : undefined })}
            />
            <LogToggle id={objectiveAxisId(objective.index)} />
          </>
        )
      }
      legend={
        <>
          <span className={classes.axisName}>↑ {objective.label}</span>
          <KindLegend kinds={kinds} />
          {history.steps.length > 0 && (
            <span className={classes.key}>
              <span className={classes.stepKey} aria-hidden /> best so far
            </span>
          )}
        </>
      }
      notes={
        history.numWithout > 0 && history.numWithout < history.marks.length
          ? [`${plural(history.numWithout, "trial")} without a value at the foot`]
          : []
      }
    >
      <Marks
        search={search}
        trials={trials}
        objective={objective}
        history={history}
        order={order}
        height={isCompact ? 220 : 400}
      />
    </ChartFrame>
  );
}

interface MarksProps extends SearchViewProps {
  objective: ChosenObjective;
  history: History;
  order: Order;
  height: number;
}

function Marks({ search, trials, objective, history, order, height }: MarksProps) {
  const { highlighted, setHighlighted, best } = useTrialSelection();
  const [hovered, setHovered] = useHoveredTrial();
  const target = search.objectives[objective.index]?.target ?? null;
  const axes = useHistoryAxes(history, objective, target, order, height);
  if (!axes)
    return (
      <div style={{ height }}>
        <Empty title={isOver(search) ? "No values" : "No values yet"}>
          Every trial that tells {objective.metric} becomes a point here.
        </Empty>
      </div>
    );
  const bestText = best === null ? "none yet" : `${formatNumber(history.steps.at(-1)?.[1])} of trial ${best}`;
  return (
    <MarkPlot
      label={`${objective.label} of ${plural(history.marks.length, "trial")}, best ${bestText}.`}
      x={axes.x}
      y={axes.y}
      marks={history.marks}
      steps={history.steps}
      rule={target === null ? null : { y: target, text: `target ${formatNumber(target)}` }}
      hovered={hovered}
      onHover={setHovered}
      pinned={highlighted}
      starred={best}
      onOpen={(number) => setHighlighted(number === highlighted ? null : number)}
      bubble={(number) => {
        const trial = trials.find((one) => one.number === number);
        return trial && <TrialCard search={search} trial={trial} />;
      }}
      height={height}
    />
  );
}

/** Both axes; null where there is no value. The same objects while they hold the same. */
function useHistoryAxes(
  history: History,
  objective: ChosenObjective,
  target: number | null,
  order: Order,
  height: number,
): { x: PlotAxis; y: PlotAxis } | null {
  const { axes, isLog } = useTrialSelection();
  const axis = axes.find(({ id }) => id === objectiveAxisId(objective.index));
  const kind = axis && isLog(axis) ? "log" : "linear";
  const extent = valueExtent(history, target, kind === "log");
  const xKind = order === "time" ? "time" : "epoch";
  const ends = [history.marks[0]?.x ?? 0, history.marks.at(-1)?.x ?? 0] as const;
  const x = xScale(xKind, ends, null, 8);
  const y = extent && yScaleOf(kind, extent, Math.max(3, Math.round(height / 55)));
  const fingerprint = JSON.stringify([x, y, kind, xKind]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the fingerprint stands for both scales
  return useMemo(() => {
    if (!y) return null;
    const span = x.domain[1] - x.domain[0];
    return {
      x: { scale: x, kind: "linear", text: (value) => xTick(xKind, value, span) },
      y: { scale: y, kind, text: formatNumber },
    };
  }, [fingerprint]);
}
