import { type KeyboardEvent, type PointerEvent, useState } from "react";
import type { Brush, PlacedAxis } from "./parallel";
import classes from "./parallel.module.css";

interface ParallelAxisViewProps {
  axis: PlacedAxis;
  x: number;
  height: number;
  /** Where the name stands: above the axis, or towards the middle from an edge. */
  anchor: "start" | "middle" | "end";
  brush: Brush | null;
  onBrush: (brush: Brush | null) => void;
}

/** Half the width that takes the pointer. */
const REACH = 14;
/** A drag shorter than this many pixels is a click. */
const SHORTEST_DRAG = 4;
const STEP = 0.05;

/** One axis: its name, ticks and brush. Dragged with the pointer, or moved with the arrow keys. */
export function ParallelAxisView({ axis, x, height, anchor, brush, onBrush }: ParallelAxisViewProps) {
  const [drag, setDrag] = useState<Brush | null>(null);
  const shareAt = (event: PointerEvent<SVGRectElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return clamped(1 - (event.clientY - box.top) / box.height);
  };
  const isLast = anchor === "end";
  const shown = drag ? ordered(drag) : brush;
  const onPointerUp = () => {
    if (drag && Math.abs(drag[0] - drag[1]) * height >= SHORTEST_DRAG) onBrush(ordered(drag));
    setDrag(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moved(brush, event);
    if (next === undefined) return;
    event.preventDefault();
    onBrush(next);
  };
  const range = brush ? `${axis.textAt(brush[0])} to ${axis.textAt(brush[1])}` : "all";
  return (
    <g transform={`translate(${x} 0)`}>
      <text
        className={classes.name}
        x={{ start: -40, middle: 0, end: 40 }[anchor]}
        y={-14}
        textAnchor={anchor}
      >
        {shortened(axis.label)}
        <title>{axis.label}</title>
      </text>
      <line className={classes.axis} y1={0} y2={height} />
      {axis.ticks.map(({ at, text }) => (
        <text
          key={text}
          className={classes.tick}
          x={isLast ? 9 : -7}
          y={height * (1 - at)}
          dy="0.32em"
          textAnchor={isLast ? "start" : "end"}
        >
          {shortened(text)}
        </text>
      ))}
      {shown && (
        <rect
          className={classes.brush}
          x={-7}
          width={14}
          y={height * (1 - shown[1])}
          height={Math.max(1, height * (shown[1] - shown[0]))}
        />
      )}
      <rect
        className={classes.handle}
        x={-REACH}
        width={2 * REACH}
        y={0}
        height={height}
        role="slider"
        tabIndex={0}
        aria-label={`Filter by ${axis.label}`}
        aria-orientation="vertical"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round((brush?.[0] ?? 0) * 100)}
        aria-valuetext={range}
        // The pointer gives no focus, whose ring would hide the brush.
        onMouseDown={(event) => event.preventDefault()}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          const at = shareAt(event);
          setDrag([at, at]);
        }}
        onPointerMove={(event) => drag && setDrag([drag[0], shareAt(event)])}
        onPointerUp={onPointerUp}
        onClick={(event) => event.stopPropagation()}
        onDoubleClick={() => onBrush(null)}
        onKeyDown={onKeyDown}
      >
        <title>{`${axis.label}: ${range}`}</title>
      </rect>
    </g>
  );
}

/** Arrows move the lower end, with Shift the upper one; Escape clears. Undefined for other keys. */
function moved(brush: Brush | null, event: KeyboardEvent): Brush | null | undefined {
  if (event.key === "Escape") return brush ? null : undefined;
  const by = { ArrowUp: STEP, ArrowDown: -STEP }[event.key];
  if (by === undefined) return undefined;
  const [low, high] = brush ?? [0, 1];
  return event.shiftKey
    ? [low, Math.max(low, clamped(high + by))]
    : [Math.min(high, clamped(low + by)), high];
}

function clamped(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function ordered([a, b]: Brush): Brush {
  return a <= b ? [a, b] : [b, a];
}

function shortened(text: string): string {
  return text.length > 22 ? `…${text.slice(-21)}` : text;
}
