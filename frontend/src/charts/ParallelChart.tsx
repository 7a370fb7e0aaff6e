import { useElementSize } from "@mantine/hooks";
import { type PointerEvent, type ReactNode, useMemo, useRef } from "react";
import type { Span } from "./brushGesture";
import type { PlacedDimension } from "./dimension";
import { ParallelAxisView } from "./ParallelAxisView";
import { ParallelHeads } from "./ParallelHeads";
import { ParallelLines } from "./ParallelLines";
import { nearestLine, type ParallelLayout, type Rating, shortLabels, spread, yOf } from "./parallel";
import classes from "./parallel.module.css";
import { SHADES } from "./ramp";

export interface ParallelChartProps {
  label: string;
  /** In the order in which they stand. */
  axes: readonly PlacedDimension[];
  /** The last of the axes where it is what came of the lines: it stays there, and colours them. */
  result: PlacedDimension | null;
  rating: Rating;
  isKept: readonly boolean[];
  spans: ReadonlyMap<string, Span>;
  onSpan: (axis: string, span: Span | null, isDone: boolean) => void;
  onMove: (axis: string, to: number, isDone: boolean) => void;
  onHover: (line: number | null) => void;
  /** The line under the pointer was pressed; null beside all lines. */
  onPress: (line: number | null) => void;
  /** SVG above the lines: those that stand out. */
  over: (layout: ParallelLayout) => ReactNode;
  height?: number;
}

const PADDING = { top: 10, bottom: 12 };
const HEADS = 36;
const SIDE = 64;
/** Axes do not come nearer to each other; the chart is scrolled instead. */
const LEAST_STEP = 72;

/** Parallel coordinates: a line per trial over an axis per parameter; a drag along an axis keeps what passes there. */
export function ParallelChart(props: ParallelChartProps) {
  const { axes, result, rating, isKept, spans, onSpan, height = 430 } = props;
  const { ref, width: room } = useElementSize();
  const width = Math.max(room, 2 * SIDE + LEAST_STEP * (axes.length - 1));
  const inner = height - HEADS;
  const layout = useMemo(
    () => ({
      xs: spread(axes.length, width, SIDE),
      top: PADDING.top,
      height: inner - PADDING.top - PADDING.bottom,
    }),
    [axes.length, width, inner],
  );
  const labels = useMemo(() => shortLabels(axes.map(({ label }) => label)), [axes]);
  const names = useMemo(
    () => new Map(axes.map(({ id, label }) => [id, labels.get(label) ?? label])),
    [axes, labels],
  );
  const { onPointerMove, onPointerLeave, onClick } = useHover(props, layout);
  return (
    <section className={classes.scroller} aria-label={props.label}>
      <div ref={ref} className={classes.measure} />
      {room > 0 && (
        <div style={{ width, height }}>
          <ParallelHeads
            axes={axes}
            labels={names}
            xs={layout.xs}
            movable={result ? axes.length - 1 : axes.length}
            onMove={props.onMove}
          />
          <div className={classes.plot} style={{ height: inner }}>
            <ParallelLines {...{ axes, layout, width, isKept, result, rating }} height={inner} />
            {/* biome-ignore lint/a11y/noSvgWithoutTitle: its section names it; a title would be a tooltip over everything */}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the table of trials marks the same by keyboard */}
            <svg
              className={classes.front}
              width={width}
              height={inner}
              onPointerMove={onPointerMove}
              onPointerLeave={onPointerLeave}
              onClick={onClick}
            >
              {props.over(layout)}
              {result && <ResultScale axis={result} rating={rating} layout={layout} />}
              {axes.map((axis, index) => (
                <ParallelAxisView
                  key={axis.id}
                  axis={axis}
                  layout={layout}
                  x={layout.xs[index] ?? 0}
                  side={index > 0 && index === axes.length - 1 ? "right" : "left"}
                  span={spans.get(axis.id) ?? null}
                  onSpan={(span, isDone) => onSpan(axis.id, span, isDone)}
                />
              ))}
            </svg>
          </div>
        </div>
      )}
    </section>
  );
}

/** Finds the line under the pointer; the press is of that line. */
function useHover({ axes, isKept, onHover, onPress }: ParallelChartProps, layout: ParallelLayout) {
  const under = useRef<number | null>(null);
  const hover = (line: number | null) => {
    under.current = line;
    onHover(line);
  };
  return {
    onPointerMove: (event: PointerEvent<SVGSVGElement>) => {
      if (event.buttons !== 0) return;
      const box = event.currentTarget.getBoundingClientRect();
      const point = { x: event.clientX - box.left, y: event.clientY - box.top };
      hover(nearestLine(axes, layout, point, (line) => isKept[line] ?? false));
    },
    onPointerLeave: () => hover(null),
    onClick: () => onPress(under.current),
  };
}

interface ResultScaleProps {
  axis: PlacedDimension;
  rating: Rating;
  layout: ParallelLayout;
}

/** Which colour a place on the result's axis has. */
function ResultScale({ axis, rating, layout }: ResultScaleProps) {
  const x = (layout.xs.at(-1) ?? 0) + 5;
  const size = (1 - axis.start) / SHADES;
  return Array.from({ length: SHADES }, (_, index) => {
    const low = axis.start + index * size;
    const rate = rating.of(low + size / 2);
    return (
      <rect
        key={low}
        x={x}
        width={6}
        y={yOf(layout, low + size)}
        height={size * layout.height + 0.5}
        fill={shadeColor(rate)}
      />
    );
  });
}

/** The ramp of the lines in CSS, so that it follows the theme by itself. */
function shadeColor(rate: number): string {
  if (Number.isNaN(rate)) return "var(--line-strong)";
  const [first, second, third] = [25 + 105 * rate, 60 + 120 * (rate - 1 / 3), 210 * (rate - 2 / 3)];
  if (rate > 2 / 3) return `color-mix(in oklab, var(--text) ${third}%, var(--series-1))`;
  return `color-mix(in oklab, var(--series-1) ${rate < 1 / 3 ? first : second}%, var(--surface-card))`;
}
