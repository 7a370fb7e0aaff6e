import { useElementSize } from "@mantine/hooks";
import { type PointerEvent, useMemo, useState } from "react";
import { plural } from "~/lib/format";
import { Empty } from "~/ui/Empty";
import { ParallelAxisView } from "./ParallelAxisView";
import {
  type AxisValue,
  type Brush,
  type Brushes,
  goodness,
  linePath,
  nearestLine,
  type ParallelAxis,
  passing,
  placedAxis,
} from "./parallel";
import classes from "./parallel.module.css";

export interface ParallelChartProps {
  title: string;
  axes: readonly ParallelAxis[];
  /** The lines' names, in the order of the axes' values. */
  labels: readonly string[];
  /** Colours the lines: the better, the stronger. Usually the values of the last axis. */
  values: readonly AxisValue[];
  isLowBest: boolean;
  brushes: Brushes;
  onBrush: (axis: string, brush: Brush | null) => void;
  /** A line was pressed. */
  onOpen?: (line: number) => void;
  height?: number;
}

const TOP = 30;
const BOTTOM = 12;
const SIDE = 60;

/** Parallel coordinates: a line per trial over an axis per parameter; dragging along an axis keeps what passes there. */
export function ParallelChart(props: ParallelChartProps) {
  const { title, labels, brushes, onBrush, height = 300 } = props;
  const { ref, width } = useElementSize();
  const axes = useMemo(() => props.axes.map(placedAxis), [props.axes]);
  const isKept = useMemo(() => passing(axes, brushes, labels.length), [axes, brushes, labels.length]);
  const inner = height - TOP - BOTTOM;
  const xs = useMemo(() => spread(axes.length, width), [axes.length, width]);
  const [hovered, setHovered] = useState<number | null>(null);
  const kept = isKept.filter(Boolean).length;

  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const point = { x: event.clientX - box.left, y: event.clientY - box.top - TOP };
    setHovered(nearestLine(axes, xs, inner, point, (line) => isKept[line] ?? false));
  };
  const onClick = () => hovered !== null && props.onOpen?.(hovered);

  return (
    <section className={classes.root} aria-label={`${title}: ${kept} of ${plural(labels.length, "line")}`}>
      <header className={classes.header}>
        <h3 className={classes.title}>{title}</h3>
        <span className={classes.hint} data-hovered={hovered !== null || undefined}>
          {hovered === null ? hintOf(kept, labels.length) : labels[hovered]}
        </span>
      </header>
      <div ref={ref} className={classes.plot} style={{ height }}>
        {labels.length === 0 && <Empty title="Nothing to draw yet" />}
        {width > 0 && labels.length > 0 && (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the table below opens the same by keyboard
          // biome-ignore lint/a11y/noSvgWithoutTitle: its section names it; a title would be a tooltip over everything
          <svg
            width={width}
            height={height}
            data-hovered={hovered !== null || undefined}
            onPointerMove={onPointerMove}
            onPointerLeave={() => setHovered(null)}
            onClick={onClick}
          >
            <g transform={`translate(0 ${TOP})`}>
              <Lines
                axes={axes}
                xs={xs}
                height={inner}
                isKept={isKept}
                values={props.values}
                isLowBest={props.isLowBest}
              />
              {hovered !== null && (
                <path d={linePath(axes, hovered, xs, inner)} className={classes.hovered} />
              )}
              {axes.map((axis, index) => (
                <ParallelAxisView
                  key={axis.id}
                  axis={axis}
                  x={xs[index] ?? 0}
                  height={inner}
                  anchor={index === 0 ? "start" : index === axes.length - 1 ? "end" : "middle"}
                  brush={brushes[axis.id] ?? null}
                  onBrush={(brush) => onBrush(axis.id, brush)}
                />
              ))}
            </g>
          </svg>
        )}
      </div>
    </section>
  );
}

function hintOf(kept: number, count: number): string {
  return kept < count
    ? `${kept} of ${count}; double-click an axis to clear it`
    : "Drag along an axis to filter";
}

/** Even places for the axes, with room at both sides for their labels. */
function spread(count: number, width: number): number[] {
  if (count === 1) return [width / 2];
  return Array.from(
    { length: count },
    (_, index) => SIDE + (index * (width - 2 * SIDE)) / Math.max(1, count - 1),
  );
}

interface LinesProps {
  axes: ReturnType<typeof placedAxis>[];
  xs: readonly number[];
  height: number;
  isKept: readonly boolean[];
  values: readonly AxisValue[];
  isLowBest: boolean;
}

/** All lines, what is filtered out behind the rest. Drawn again for data and brushes, not for the pointer. */
function Lines({ axes, xs, height, isKept, values, isLowBest }: LinesProps) {
  return useMemo(() => {
    const rated = goodness(values, isKept, isLowBest);
    const paths = values.map((_, line) => ({
      line,
      d: linePath(axes, line, xs, height),
      rate: rated[line] ?? null,
    }));
    const shown = paths.filter(({ line }) => isKept[line]).sort((a, b) => (a.rate ?? -1) - (b.rate ?? -1));
    return (
      <>
        <g className={classes.out}>
          {paths.map(({ line, d }) => !isKept[line] && <path key={line} d={d} />)}
        </g>
        <g className={classes.kept}>
          {shown.map(({ line, d, rate }) => (
            <path key={line} d={d} stroke={color(rate)} strokeDasharray={rate === null ? "3 3" : undefined} />
          ))}
        </g>
      </>
    );
  }, [axes, xs, height, isKept, values, isLowBest]);
}

/** One hue of rising contrast; grey and dashed without a value. */
function color(rate: number | null): string {
  if (rate === null) return "var(--line-strong)";
  return `color-mix(in oklab, var(--series-1) ${Math.round(25 + 75 * rate)}%, var(--surface-card))`;
}
