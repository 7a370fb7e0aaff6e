import { type KeyboardEvent, type ReactNode, useCallback, useMemo, useState } from "react";
import { formatNumber } from "~/lib/format";
import { Empty } from "~/ui/Empty";
import { type Range, xScale, yScaleOf } from "./axes";
import { Bubble } from "./Bubble";
import { type BundleLine, bundleExtent, endOf, paintBundle, perGeometry, svgPath } from "./bundle";
import { CanvasPlot, type Paint, type Place, type PlotAxis } from "./CanvasPlot";
import classes from "./canvasPlot.module.css";
import { type Geometry, type Hit, nearestLine, type PlacedLine, placedLine } from "./placing";
import { ShapeMark } from "./ShapeSwatch";
import type { ScaleKind } from "./series";

interface CurveBundleProps {
  /** The chart in words, without how to use it. */
  label: string;
  lines: readonly BundleLine[];
  /** Thin vertical lines, by x. */
  rules: readonly number[];
  yScale: ScaleKind;
  zoom: Range | null;
  onZoom: (range: Range | null) => void;
  /** The line under the pointer, here or in another view. */
  hovered: number | null;
  onHover: (id: number | null) => void;
  /** The line that was chosen. */
  pinned: number | null;
  onOpen: (id: number) => void;
  /** What is said about a point of a line; an index into its points. */
  bubble: (id: number, point: number) => ReactNode;
  height: number;
}

/** How near the pointer must be to a line, in pixels. */
const REACH = 14;
/** Of what was chosen, in every chart. */
const PINNED = "var(--series-2)";

/** Thousands of lines over epochs; the one under the pointer stands out. */
export function CurveBundle(props: CurveBundleProps) {
  const { lines, rules, hovered, onHover, pinned, onOpen, onZoom, height } = props;
  const axes = useAxes(props);
  const [hit, setHit] = useState<Hit | null>(null);
  const placedIn = useMemo(
    () => perGeometry((geometry) => lines.map(({ points }) => placedLine(points, geometry))),
    [lines],
  );
  const paint: Paint = useCallback(
    (context, geometry, ink) => paintBundle(context, lines, placedIn(geometry), ink),
    [lines, placedIn],
  );
  const mark = (next: Hit | null) => {
    setHit(next);
    onHover(next ? (lines[next.line]?.id ?? null) : null);
  };
  if (!axes) return <Empty title={props.yScale === "log" ? "No value above zero" : "No finite value"} />;
  const onPoint = (place: Place | null, geometry: Geometry) => {
    const found = place && nearestLine(placedIn(geometry), place.x, place.y, REACH);
    if (found || hit) mark(found);
  };
  const open = () => hit && hovered !== null && onOpen(hovered);
  return (
    <CanvasPlot
      label={`${props.label} Arrow up and down go through the trials, left and right along a curve, Enter opens.`}
      x={axes.x}
      y={axes.y}
      height={height}
      paint={paint}
      onPoint={onPoint}
      onPress={open}
      onZoom={onZoom}
      onKey={(event) => {
        if (event.key === "Enter") open();
        else if (event.key === "Escape" && !hit) onZoom(null);
        else {
          const next = steppedHit(lines, hit, event);
          if (next !== undefined) mark(next);
        }
      }}
      over={(geometry) => (
        <>
          <Rules geometry={geometry} xs={rules} />
          {pinned !== hovered && (
            <Marked lines={lines} placed={placedIn(geometry)} id={pinned} point={null} />
          )}
          <Marked lines={lines} placed={placedIn(geometry)} id={hovered} point={hit?.point ?? null} />
        </>
      )}
    >
      {(geometry) => {
        const line = hit && lines[hit.line];
        if (!hit || !line || line.id !== hovered) return null;
        const place = pointPlace(placedIn(geometry)[hit.line], hit.point);
        return (
          place && (
            <Bubble place={place} geometry={geometry}>
              {props.bubble(line.id, hit.point)}
            </Bubble>
          )
        );
      }}
    </CanvasPlot>
  );
}

/** Both axes; null when nothing can be drawn. They stay the same objects while the data fits them. */
function useAxes({ lines, yScale, zoom, height }: CurveBundleProps) {
  const extent = useMemo(() => bundleExtent(lines, yScale, zoom), [lines, yScale, zoom]);
  const x = extent && xScale("epoch", extent.x, zoom, 8);
  const y = extent && yScaleOf(yScale, extent.y, Math.max(3, Math.round(height / 55)));
  const fingerprint = JSON.stringify([x, y, yScale]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the fingerprint stands for both scales
  return useMemo((): { x: PlotAxis; y: PlotAxis } | null => {
    if (!x || !y) return null;
    return {
      x: { scale: x, kind: "linear", text: formatNumber },
      y: { scale: y, kind: yScale, text: formatNumber },
    };
  }, [fingerprint]);
}

/** Where the keyboard goes: undefined for other keys, null to leave. */
function steppedHit(
  lines: readonly BundleLine[],
  hit: Hit | null,
  event: KeyboardEvent,
): Hit | null | undefined {
  if (event.key === "Escape") return null;
  const by = event.shiftKey ? 10 : 1;
  const up = { ArrowUp: by, ArrowDown: -by }[event.key];
  const along = { ArrowRight: by, ArrowLeft: -by, Home: -1e9, End: 1e9 }[event.key];
  if (up === undefined && along === undefined) return undefined;
  event.preventDefault();
  const line = clamped((hit?.line ?? (up === 1 ? -1 : 0)) + (up ?? 0), lines.length);
  const last = (lines[line]?.points.length ?? 1) - 1;
  return { line, point: clamped((hit?.point ?? last) + (along ?? 0), last + 1) };
}

function clamped(index: number, length: number): number {
  return Math.max(0, Math.min(length - 1, index));
}

function pointPlace(placed: PlacedLine | undefined, point: number): Place | null {
  const [x, y] = [placed?.[point * 2], placed?.[point * 2 + 1]];
  return x === undefined || y === undefined || Number.isNaN(x + y) ? null : { x, y };
}

function Rules({ geometry, xs }: { geometry: Geometry; xs: readonly number[] }) {
  const { area, x } = geometry;
  return xs
    .map((value) => ({ value, at: x.to(value) }))
    .filter(({ at }) => at >= area.left && at <= area.left + area.width)
    .map(({ value, at }) => (
      <line key={value} x1={at} x2={at} y1={area.top} y2={area.top + area.height} className={classes.rule} />
    ));
}

interface MarkedProps {
  lines: readonly BundleLine[];
  placed: readonly PlacedLine[];
  id: number | null;
  point: number | null;
  isPinned?: boolean;
}

/** A line over all others and on a ground that sets it off. */
function Marked({ lines, placed, id, point, isPinned = false }: MarkedProps) {
  const index = id === null ? -1 : lines.findIndex((line) => line.id === id);
  const [line, place] = [lines[index], placed[index]];
  if (!line || !place) return null;
  const path = svgPath(place);
  const end = line.end && endOf(place);
  const dot = point === null ? null : pointPlace(place, point);
  return (
    <g fill="none" strokeLinejoin="round">
      <path d={path} className={classes.ground} />
      <path d={path} className={classes.marked} data-pinned={isPinned || undefined} />
      {line.end && end && (
        <ShapeMark shape={line.end} x={end[0]} y={end[1]} r={5} color={isPinned ? PINNED : "var(--text)"} />
      )}
      {dot && <circle cx={dot.x} cy={dot.y} r={4} className={classes.dot} />}
    </g>
  );
}
