import { type KeyboardEvent, type ReactNode, useCallback, useMemo, useState } from "react";
import { Bubble } from "./Bubble";
import { perGeometry } from "./bundle";
import { CanvasPlot, type Paint, type Place, type PlotAxis } from "./CanvasPlot";
import classes from "./canvasPlot.module.css";
import { type Mark, paintMarks, placesOf, type Step, stepPath } from "./marks";
import { type Geometry, nearestPlace } from "./placing";
import { ShapeMark } from "./ShapeSwatch";
import { shapePath } from "./shapes";

interface MarkPlotProps {
  /** The chart in words, without how to use it. */
  label: string;
  x: PlotAxis;
  y: PlotAxis;
  /** By ascending x. */
  marks: readonly Mark[];
  /** A line that keeps each value until the next; by ascending x. */
  steps: readonly Step[];
  /** A horizontal line with its name. */
  rule: { y: number; text: string } | null;
  /** The mark under the pointer, here or in another view. */
  hovered: number | null;
  onHover: (id: number | null) => void;
  /** The mark that was chosen. */
  pinned: number | null;
  /** The mark that is to be found at once. */
  starred: number | null;
  onOpen: (id: number) => void;
  bubble: (id: number) => ReactNode;
  height: number;
}

/** How near the pointer must be to a mark, in pixels. */
const REACH = 18;

/** Thousands of marks over x with a step line and a rule; the one under the pointer stands out. */
export function MarkPlot(props: MarkPlotProps) {
  const { marks, steps, rule, hovered, onHover, pinned, onOpen } = props;
  const [isOwn, setIsOwn] = useState(false);
  const placesIn = useMemo(() => perGeometry((geometry) => placesOf(marks, geometry)), [marks]);
  const paint: Paint = useCallback(
    (context, geometry, ink) => paintMarks(context, marks, placesIn(geometry), ink),
    [marks, placesIn],
  );
  const at = useMemo(() => marks.findIndex(({ id }) => id === hovered), [marks, hovered]);
  const chosen = useMemo(() => marks.findIndex(({ id }) => id === pinned), [marks, pinned]);
  const mark = (index: number | null) => {
    setIsOwn(index !== null);
    onHover(index === null ? null : (marks[index]?.id ?? null));
  };
  const onPoint = (place: Place | null, geometry: Geometry) => {
    const found = place && nearestPlace(placesIn(geometry), place.x, place.y, REACH);
    if (found !== null || isOwn) mark(found);
  };
  const open = () => isOwn && hovered !== null && onOpen(hovered);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") return open();
    const next = steppedIndex(at, marks.length, event);
    if (next !== undefined) mark(next);
  };
  return (
    <CanvasPlot
      label={`${props.label} Arrow keys go through the trials, Enter opens one.`}
      x={props.x}
      y={props.y}
      height={props.height}
      paint={paint}
      onPoint={onPoint}
      onPress={open}
      onKey={onKey}
      over={(geometry) => (
        <>
          <path d={stepPath(steps, geometry)} className={classes.steps} />
          {rule && <Rule geometry={geometry} {...rule} />}
          <Starred mark={marks.find(({ id }) => id === props.starred)} geometry={geometry} />
          <Marked mark={marks[chosen]} place={placeAt(placesIn(geometry), chosen)} isPinned />
          <Marked mark={marks[at]} place={placeAt(placesIn(geometry), at)} />
        </>
      )}
    >
      {(geometry) => {
        const [shown, place] = [marks[at], placeAt(placesIn(geometry), at)];
        if (!isOwn || !shown || !place) return null;
        return (
          <Bubble place={place} geometry={geometry}>
            {props.bubble(shown.id)}
          </Bubble>
        );
      }}
    </CanvasPlot>
  );
}

/** Where the keyboard goes: undefined for other keys, null to leave. */
export function steppedIndex(at: number, count: number, event: KeyboardEvent): number | null | undefined {
  if (event.key === "Escape") return null;
  const by = event.shiftKey ? 10 : 1;
  const next = { ArrowRight: at + by, ArrowLeft: at - by, Home: 0, End: count - 1 }[event.key];
  if (next === undefined || count === 0) return undefined;
  event.preventDefault();
  return Math.max(0, Math.min(count - 1, next));
}

function placeAt(places: Float32Array, at: number): Place | null {
  const [x, y] = [places[at * 2], places[at * 2 + 1]];
  return x === undefined || y === undefined || Number.isNaN(x + y) ? null : { x, y };
}

function Starred({ mark, geometry }: { mark: Mark | undefined; geometry: Geometry }) {
  if (!mark || mark.y === null) return null;
  const [x, y] = [geometry.x.to(mark.x), geometry.y.to(mark.y)];
  if (!Number.isFinite(y)) return null;
  return (
    <>
      <path d={shapePath(mark.shape, x, y, 7)} className={classes.ground} />
      <ShapeMark shape={mark.shape} x={x} y={y} r={5} color={mark.color} />
    </>
  );
}

interface MarkedProps {
  mark: Mark | undefined;
  place: Place | null;
  isPinned?: boolean;
}

function Marked({ mark, place, isPinned }: MarkedProps) {
  if (!mark || !place) return null;
  return (
    <>
      <circle cx={place.x} cy={place.y} r={9} className={classes.halo} data-pinned={isPinned} />
      <ShapeMark shape={mark.shape} x={place.x} y={place.y} r={5} color={mark.color} />
    </>
  );
}

function Rule({ geometry, y, text }: { geometry: Geometry; y: number; text: string }) {
  const { left, width, top, height } = geometry.area;
  const at = geometry.y.to(y);
  if (!(at >= top && at <= top + height)) return null;
  return (
    <g>
      <line x1={left} x2={left + width} y1={at} y2={at} className={classes.target} />
      <text
        x={left + width - 4}
        y={at < top + 16 ? at + 13 : at - 5}
        textAnchor="end"
        className={classes.ruleText}
      >
        {text}
      </text>
    </g>
  );
}
