import { useMemo, useState } from "react";
import type { Span } from "~/charts/brushGesture";
import type { PlacedDimension } from "~/charts/dimension";
import { ParallelChart } from "~/charts/ParallelChart";
import { linePath, orderedIds, type ParallelLayout, ratingOf, reordered } from "~/charts/parallel";
import chart from "~/charts/parallel.module.css";
import { brushedNumbers, withBrush } from "~/features/hpsearch/brushes";
import { useHoveredTrial, useSearchState, useTrialSelection } from "~/features/hpsearch/selection";
import type { SearchViewProps } from "~/features/hpsearch/types";
import { plural } from "~/lib/format";
import { Empty } from "~/ui/Empty";
import { useDimensions } from "./dimensions";
import classes from "./explore.module.css";
import { brushOf, spanOf } from "./spans";
import { TrialStrip } from "./TrialCard";
import { LogToggle, ObjectiveChoice, ViewHead } from "./ViewHead";

const COMPACT_HEIGHT = 330;
const HINT = "Drag along an axis to filter, drag a name to move its axis, double-click an axis to clear it.";

/** A line per trial over an axis per parameter; brushes on the axes mark the trials in every view. */
export function ParallelView({ search, trials, isCompact }: SearchViewProps) {
  const { highlighted, setHighlighted, objective } = useTrialSelection();
  const { params, result } = useDimensions(trials, { areResultless: true });
  const { order, move } = useOrder(params);
  const axes = useMemo(() => axesOf(params, order, result), [params, order, result]);
  const { spans, isKept, onSpan } = useBrushing(axes, trials);
  const rating = useMemo(
    () => (result ? ratingOf(result, isKept, objective?.isLowBest ?? true) : UNRATED),
    [result, isKept, objective?.isLowBest],
  );
  const setHovered = useSetHovered();
  const numberAt = (line: number | null) => (line === null ? null : (trials[line]?.number ?? null));
  const onPress = (line: number | null) => {
    const number = numberAt(line);
    setHighlighted(number === highlighted ? null : number);
  };
  if (trials.length === 0 || params.length === 0)
    return <Empty title="Nothing to draw yet">Every trial is a line here as soon as there are trials.</Empty>;
  return (
    <section className={`card ${classes.view}`} aria-label="Parallel coordinates">
      <ViewHead title="Parameters and result" count={trials.length}>
        <ObjectiveChoice search={search} />
        {result && <LogToggle id={result.id} isNamed />}
      </ViewHead>
      <ParallelChart
        label={`${plural(trials.length, "trial")} over ${plural(params.length, "parameter")}`}
        axes={axes}
        result={result}
        rating={rating}
        isKept={isKept}
        spans={spans}
        onSpan={onSpan}
        onMove={move}
        onHover={(line) => setHovered(numberAt(line))}
        onPress={onPress}
        height={isCompact ? COMPACT_HEIGHT : undefined}
        over={(layout) => <MarkedLines axes={axes} layout={layout} trials={trials} />}
      />
      <TrialStrip search={search} trials={trials} hint={HINT} />
    </section>
  );
}

const UNRATED = { of: () => Number.NaN, best: Number.NaN, worst: Number.NaN };

function axesOf(
  params: readonly PlacedDimension[],
  order: readonly string[],
  result: PlacedDimension | null,
): PlacedDimension[] {
  const sorted = order.flatMap((id) => params.find((axis) => axis.id === id) ?? []);
  return result ? [...sorted, result] : sorted;
}

function useSetHovered() {
  const [, setHovered] = useHoveredTrial();
  return setHovered;
}

/** The order of the parameters' axes: in the URL, and before that under the pointer. */
function useOrder(params: readonly PlacedDimension[]) {
  const [state, change] = useSearchState();
  const [draft, setDraft] = useState<readonly string[] | null>(null);
  const ids = params.map(({ id }) => id);
  const text = (draft ?? orderedIds(ids, state.axes)).join("\n");
  const order = useMemo(() => text.split("\n"), [text]);
  const move = (id: string, to: number, isDone: boolean) => {
    const next = reordered(order, id, to);
    setDraft(isDone ? null : next);
    if (isDone) change({ axes: next.join("\n") === ids.join("\n") ? undefined : next });
  };
  return { order, move };
}

/** The brushes as parts of the axes, and the lines within them; both follow a drag before it ends. */
function useBrushing(axes: readonly PlacedDimension[], trials: SearchViewProps["trials"]) {
  const { brushes, setBrush, axes: known } = useTrialSelection();
  const [draft, setDraft] = useState<{ id: string; span: Span } | null>(null);
  const drawn = useMemo(() => {
    const axis = draft && axes.find(({ id }) => id === draft.id);
    return draft && axis ? withBrush(brushes, draft.id, brushOf(axis, draft.span)) : brushes;
  }, [brushes, draft, axes]);
  const isKept = useMemo(() => {
    const numbers = brushedNumbers(trials, known, drawn);
    return trials.map(({ number }) => numbers.has(number));
  }, [trials, known, drawn]);
  const spans = useMemo(() => {
    const found = axes.flatMap((axis): [string, Span][] => {
      const brush = brushes.get(axis.id);
      const span = draft?.id === axis.id ? draft.span : brush && spanOf(axis, brush);
      return span ? [[axis.id, span]] : [];
    });
    return new Map(found);
  }, [axes, brushes, draft]);
  const onSpan = (id: string, span: Span | null, isDone: boolean) => {
    setDraft(isDone || !span ? null : { id, span });
    const axis = axes.find((one) => one.id === id);
    if (isDone && axis) setBrush(id, span && brushOf(axis, span));
  };
  return { spans, isKept, onSpan };
}

interface MarkedLinesProps {
  axes: readonly PlacedDimension[];
  layout: ParallelLayout;
  trials: SearchViewProps["trials"];
}

/** The best, the marked and the hovered trial above all lines. Drawn again alone when the pointer moves. */
function MarkedLines({ axes, layout, trials }: MarkedLinesProps) {
  const { highlighted, best } = useTrialSelection();
  const [hovered] = useHoveredTrial();
  const pathOf = (number: number | null) => {
    const line = number === null ? -1 : trials.findIndex((trial) => trial.number === number);
    return line < 0 ? null : linePath(axes, line, layout);
  };
  const [bestPath, markedPath, hoveredPath] = [pathOf(best), pathOf(highlighted), pathOf(hovered)];
  return (
    <g aria-hidden>
      {bestPath && <path d={bestPath} className={chart.line} data-best />}
      {markedPath && (
        <>
          <path d={markedPath} className={chart.casing} />
          <path d={markedPath} className={chart.line} data-marked />
        </>
      )}
      {hoveredPath && (
        <>
          <path d={hoveredPath} className={chart.casing} />
          <path d={hoveredPath} className={chart.line} />
        </>
      )}
    </g>
  );
}
