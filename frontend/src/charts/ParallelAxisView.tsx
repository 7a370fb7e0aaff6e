import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { begun, clamped, dragged, type Gesture, keyed, type Span } from "./brushGesture";
import type { PlacedDimension } from "./dimension";
import { type ParallelLayout, yOf } from "./parallel";
import classes from "./parallel.module.css";

interface ParallelAxisViewProps {
  axis: PlacedDimension;
  layout: ParallelLayout;
  x: number;
  /** On which side of the axis its ticks are labelled. */
  side: "left" | "right";
  span: Span | null;
  /** While a drag lasts, and with `isDone` when it ends. */
  onSpan: (span: Span | null, isDone: boolean) => void;
}

/** Half the width that takes the pointer. */
const REACH = 14;
/** A drag shorter than this many pixels is a click. */
const SHORTEST_DRAG = 4;
/** How near to an end of a brush takes that end, in pixels. */
const END_REACH = 7;
const STEP = 0.02;

/** One axis: its line, ticks and brush. Dragged with the pointer, or moved with the arrow keys. */
export function ParallelAxisView({ axis, layout, x, side, span, onSpan }: ParallelAxisViewProps) {
  const { top, height } = layout;
  const range = span ? `${axis.textAt(span[0])} to ${axis.textAt(span[1])}` : "all";
  const onKeyDown = (event: KeyboardEvent) => {
    const next = keyed(span, event.key, event.shiftKey, STEP);
    if (next === undefined) return;
    event.preventDefault();
    onSpan(next, true);
  };
  return (
    <g transform={`translate(${x} 0)`}>
      <line className={classes.axis} y1={top} y2={yOf(layout, axis.start)} />
      {axis.start > 0 && <circle className={classes.axis} cy={top + height} r={3} />}
      <Ticks axis={axis} layout={layout} side={side} />
      {span && <BrushView span={span} layout={layout} />}
      <rect
        className={classes.handle}
        x={-REACH}
        width={2 * REACH}
        y={top - 4}
        height={height + 8}
        role="slider"
        tabIndex={0}
        aria-label={`Filter by ${axis.label}`}
        aria-orientation="vertical"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round((span?.[0] ?? 0) * 100)}
        aria-valuetext={range}
        // The pointer gives no focus, whose ring would hide the brush.
        onMouseDown={(event) => event.preventDefault()}
        onDoubleClick={() => onSpan(null, true)}
        onKeyDown={onKeyDown}
        {...useDrag(layout, span, onSpan)}
      >
        <title>{`${axis.label}: ${range}`}</title>
      </rect>
    </g>
  );
}

/** Turns the pointer into spans: a new brush, or the present one moved or resized. */
function useDrag(layout: ParallelLayout, span: Span | null, onSpan: ParallelAxisViewProps["onSpan"]) {
  const [gesture, setGesture] = useState<Gesture | null>(null);
  const [cursor, setCursor] = useState<string>();
  const shareAt = (event: PointerEvent<SVGRectElement>) => {
    const box = event.currentTarget.ownerSVGElement?.getBoundingClientRect();
    return 1 - (event.clientY - (box?.top ?? 0) - layout.top) / layout.height;
  };
  const begin = (event: PointerEvent<SVGRectElement>) =>
    begun(clamped(shareAt(event)), span, END_REACH / layout.height);
  return {
    style: { cursor },
    onPointerDown: (event: PointerEvent<SVGRectElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setGesture(begin(event));
    },
    onPointerMove: (event: PointerEvent<SVGRectElement>) => {
      if (gesture) onSpan(dragged(gesture, shareAt(event)), false);
      else setCursor(CURSORS[begin(event).kind]);
    },
    onPointerUp: (event: PointerEvent<SVGRectElement>) => {
      if (!gesture) return;
      const at = shareAt(event);
      const isClick = Math.abs(at - gesture.from) * layout.height < SHORTEST_DRAG;
      onSpan(isClick ? (gesture.kind === "new" ? null : gesture.span) : dragged(gesture, at), true);
      setGesture(null);
    },
    onPointerCancel: () => {
      if (gesture) onSpan(gesture.kind === "new" ? null : gesture.span, true);
      setGesture(null);
    },
    onClick: (event: { stopPropagation: () => void }) => event.stopPropagation(),
  };
}

const CURSORS = { new: "crosshair", move: "grab", low: "ns-resize", high: "ns-resize" } as const;

function BrushView({ span: [low, high], layout }: { span: Span; layout: ParallelLayout }) {
  const [from, to] = [yOf(layout, high), yOf(layout, low)];
  return (
    <g className={classes.brush}>
      <rect x={-7} width={14} y={from} height={Math.max(1, to - from)} />
      <line x1={-7} x2={7} y1={from} y2={from} />
      <line x1={-7} x2={7} y1={to} y2={to} />
    </g>
  );
}

function Ticks({ axis, layout, side }: Pick<ParallelAxisViewProps, "axis" | "layout" | "side">) {
  const isLeft = side === "left";
  return axis.ticks.map(({ at, text }) => (
    <text
      key={`${at} ${text}`}
      className={classes.tick}
      x={isLeft ? -8 : 16}
      y={yOf(layout, at)}
      dy="0.32em"
      textAnchor={isLeft ? "end" : "start"}
      data-missing={(axis.start > 0 && at === 0) || undefined}
    >
      {shortened(text)}
      {text.length > MOST_LETTERS && <title>{text}</title>}
    </text>
  ));
}

const MOST_LETTERS = 14;

function shortened(text: string): string {
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text;
}
