import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import {
  type KeyboardEvent,
  memo,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { Scale } from "~/lib/ticks";
import type { Range } from "./axes";
import classes from "./canvasPlot.module.css";
import { type Geometry, isInside, placement } from "./placing";
import type { ScaleKind } from "./series";

/** An axis: its scale, and what stands beside a tick. */
export interface PlotAxis {
  scale: Scale;
  kind: ScaleKind;
  text: (value: number) => string;
}

/** What a colour ("var(--series-1)") is in the present theme, as canvases want it. */
export type Ink = (color: string) => string;
/** Draws the data. Keep it the same function while nothing changes: a new one is a new picture. */
export type Paint = (context: CanvasRenderingContext2D, geometry: Geometry, ink: Ink) => void;

/** Pixels from the plot's corner. */
export interface Place {
  x: number;
  y: number;
}

interface CanvasPlotProps {
  /** The chart in words. */
  label: string;
  x: PlotAxis;
  y: PlotAxis;
  /** Room for the labels of the y axis; without it, what its ticks need. */
  yWidth?: number;
  height: number;
  paint: Paint;
  /** Where the pointer is, null when it left. */
  onPoint: (place: Place | null, geometry: Geometry) => void;
  onPress?: () => void;
  onZoom?: (range: Range | null) => void;
  onKey?: (event: KeyboardEvent<HTMLElement>) => void;
  /** SVG over the data: what follows the pointer. */
  over?: (geometry: Geometry) => ReactNode;
  /** HTML over all: the bubble. */
  children?: (geometry: Geometry) => ReactNode;
}

const MARGIN = { top: 8, right: 12, bottom: 24 };
/** Between the lowest value and the x axis, so that a mark there covers no label. */
const FOOT = 6;
/** A drag shorter than this many pixels is a click. */
const SHORTEST_DRAG = 6;

/**
 * A plot for thousands of things: axes as of the other charts, the data on a canvas that is painted for new data
 * only, and a layer above it for what follows the pointer.
 */
export function CanvasPlot(props: CanvasPlotProps) {
  const { label, x, y, height, paint, onPoint, onPress, onZoom, onKey, over, children } = props;
  const { ref, width } = useElementSize();
  const left = props.yWidth ?? axisWidth(y);
  const geometry = useMemo(() => geometryOf(width, height, left, x, y), [width, height, left, x, y]);
  const { drag, handlers } = usePointer({ geometry, onPoint, onPress, onZoom });
  return (
    <div
      ref={ref}
      className={classes.root}
      style={{ height }}
      role="application"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move over the data
      tabIndex={0}
      data-testid="canvas-plot"
      onKeyDown={onKey}
      {...handlers}
    >
      {width > 0 && (
        <>
          <Axes geometry={geometry} x={x} y={y} />
          <Picture geometry={geometry} paint={paint} />
          <svg className={classes.layer} width={width} height={height} aria-hidden>
            {over?.(geometry)}
            {drag && (
              <rect
                x={Math.min(...drag)}
                width={Math.abs(drag[0] - drag[1])}
                y={geometry.area.top}
                height={geometry.area.height}
                fill="var(--accent)"
                fillOpacity={0.15}
              />
            )}
          </svg>
          {children?.(geometry)}
        </>
      )}
    </div>
  );
}

function geometryOf(width: number, height: number, left: number, x: PlotAxis, y: PlotAxis): Geometry {
  const area = {
    left,
    top: MARGIN.top,
    width: Math.max(1, width - left - MARGIN.right),
    height: Math.max(1, height - MARGIN.top - MARGIN.bottom),
  };
  return {
    width,
    height,
    area,
    x: placement(x.scale.domain, x.kind, area.left, area.left + area.width),
    y: placement(y.scale.domain, y.kind, area.top + area.height - FOOT, area.top),
  };
}

interface PointerProps extends Pick<CanvasPlotProps, "onPoint" | "onPress" | "onZoom"> {
  geometry: Geometry;
}

/** Turns the pointer into places, presses and, by dragging, ranges of x. */
function usePointer({ geometry, onPoint, onPress, onZoom }: PointerProps) {
  const [drag, setDrag] = useState<[number, number] | null>(null);
  const { area } = geometry;
  const placeOf = (event: PointerEvent<HTMLDivElement>): Place => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const inside = (x: number) => Math.min(area.left + area.width, Math.max(area.left, x));
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    const place = placeOf(event);
    if (event.button !== 0 || !isInside(area, place.x, place.y)) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag([place.x, place.x]);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const place = placeOf(event);
    if (drag && onZoom) setDrag([drag[0], inside(place.x)]);
    onPoint(isInside(area, place.x, place.y) ? place : null, geometry);
  };
  const onPointerUp = () => {
    setDrag(null);
    if (!drag) return;
    if (Math.abs(drag[0] - drag[1]) < SHORTEST_DRAG) onPress?.();
    else onZoom?.([geometry.x.from(Math.min(...drag)), geometry.x.from(Math.max(...drag))]);
  };
  const isDragged = drag !== null && Math.abs(drag[0] - drag[1]) >= SHORTEST_DRAG;
  return {
    drag: isDragged ? drag : null,
    handlers: {
      onPointerDown,
      onPointerMove,
      onPointerUp,
      onPointerCancel: () => setDrag(null),
      onPointerLeave: () => onPoint(null, geometry),
      onDoubleClick: () => onZoom?.(null),
    },
  };
}

/** The painted data. A frame is waited for, so that the theme's colours are in force and the page stays quick. */
export function Picture({ geometry, paint }: { geometry: Geometry; paint: Paint }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useComputedColorScheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another scheme has other colours
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (canvas.current) painted(canvas.current, geometry, paint);
    });
    return () => cancelAnimationFrame(frame);
  }, [geometry, paint, scheme]);
  return (
    <canvas
      ref={canvas}
      className={classes.layer}
      style={{ width: geometry.width, height: geometry.height }}
      aria-hidden
    />
  );
}

function painted(canvas: HTMLCanvasElement, geometry: Geometry, paint: Paint): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, height, area } = geometry;
  const ratio = window.devicePixelRatio || 1;
  // Setting the size also clears it.
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.scale(ratio, ratio);
  context.beginPath();
  // What stands on a border is drawn whole.
  context.rect(area.left - 5, area.top - 5, area.width + 10, area.height + 6);
  context.clip();
  paint(context, geometry, inkOf(canvas));
}

/** Reads the variables of the present theme, each once. */
function inkOf(canvas: HTMLCanvasElement): Ink {
  const style = getComputedStyle(canvas);
  const known = new Map<string, string>();
  return (color) => {
    const name = /^var\((--[\w-]+)\)$/.exec(color)?.[1];
    if (!name) return color;
    const value = known.get(name) ?? style.getPropertyValue(name).trim();
    known.set(name, value);
    return value;
  };
}

interface AxesProps {
  geometry: Geometry;
  x: PlotAxis;
  y: PlotAxis;
}

/** Horizontal lines, both axes' labels and the line below: under the data. */
const Axes = memo(function Axes({ geometry, x, y }: AxesProps) {
  const { width, height, area } = geometry;
  const [right, bottom] = [area.left + area.width, area.top + area.height];
  return (
    <svg className={classes.layer} width={width} height={height} aria-hidden>
      {y.scale.ticks.map((tick) => (
        <g key={tick} transform={`translate(0 ${geometry.y.to(tick)})`}>
          <line x1={area.left} x2={right} className={classes.grid} />
          <text x={area.left - 8} dy="0.32em" textAnchor="end" className={classes.tick}>
            {y.text(tick)}
          </text>
        </g>
      ))}
      <line x1={area.left} x2={right} y1={bottom} y2={bottom} className={classes.axis} />
      {x.scale.ticks.map((tick) => (
        <text
          key={tick}
          x={geometry.x.to(tick)}
          y={bottom + 16}
          textAnchor={geometry.x.to(tick) > right - 16 ? "end" : "middle"}
          className={classes.tick}
        >
          {x.text(tick)}
        </text>
      ))}
    </svg>
  );
});

/** Room for the longest label, in steps of 8 px so that the plot keeps its place. */
function axisWidth({ scale, text }: PlotAxis): number {
  const longest = Math.max(1, ...scale.ticks.map((tick) => text(tick).length));
  return Math.ceil((longest * 6.6 + 12) / 8) * 8;
}
