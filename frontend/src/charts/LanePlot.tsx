import { type KeyboardEvent, type ReactNode, useCallback, useMemo, useState } from "react";
import { type Range, xScale, xTick } from "./axes";
import { Bubble } from "./Bubble";
import { CanvasPlot, type Paint, type Place, type PlotAxis } from "./CanvasPlot";
import classes from "./canvasPlot.module.css";
import { type Bar, barAt, barBox, paintBars } from "./lanes";
import type { Geometry } from "./placing";

/** A name beside the rows that belong to it. */
export interface LaneGroup {
  name: string;
  firstRow: number;
  numRows: number;
}

interface LanePlotProps {
  /** The chart in words, without how to use it. */
  label: string;
  /** In the order of the keyboard. */
  bars: readonly Bar[];
  groups: readonly LaneGroup[];
  numRows: number;
  /** Unix seconds. */
  extent: Range;
  zoom: Range | null;
  onZoom: (range: Range | null) => void;
  /** Times at which nothing began, with the reason. */
  bands: readonly { from: number; to: number; text: string }[];
  /** The present, while it is on the picture. */
  now: number | null;
  hovered: number | null;
  onHover: (id: number | null) => void;
  pinned: number | null;
  onOpen: (id: number) => void;
  bubble: (id: number) => ReactNode;
  rowHeight: number;
}

/** Thousands of bars over time, in rows that belong to groups. */
export function LanePlot(props: LanePlotProps) {
  const { bars, groups, numRows, now, hovered, onHover, pinned, onOpen, onZoom } = props;
  const [isOwn, setIsOwn] = useState(false);
  const { x, y } = useAxes(props);
  const paint: Paint = useCallback(
    (context, geometry, ink) => paintBars(context, bars, geometry, ink),
    [bars],
  );
  const byId = useMemo(() => new Map(bars.map((bar, index) => [bar.id, index])), [bars]);
  const barOf = (id: number | null) => (id === null ? undefined : bars[byId.get(id) ?? -1]);
  const mark = (bar: Bar | null | undefined) => {
    setIsOwn(Boolean(bar));
    onHover(bar?.id ?? null);
  };
  const onPoint = (place: Place | null, geometry: Geometry) => {
    const found = place && barAt(bars, geometry, place.x, place.y);
    if (found || isOwn) mark(found);
  };
  const open = () => isOwn && hovered !== null && onOpen(hovered);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") open();
    else if (event.key === "Escape" && !isOwn) onZoom(null);
    else {
      const next = steppedBar(bars, hovered === null ? -1 : (byId.get(hovered) ?? -1), event);
      if (next !== undefined) mark(next);
    }
  };
  return (
    <CanvasPlot
      label={`${props.label} Arrow keys go through the trials, Enter opens one.`}
      x={x}
      y={y}
      yWidth={groupWidth(groups)}
      height={numRows * props.rowHeight + 32}
      paint={paint}
      onPoint={onPoint}
      onPress={open}
      onZoom={onZoom}
      onKey={onKey}
      over={(geometry) => (
        <>
          <Groups geometry={geometry} groups={groups} />
          <Bands geometry={geometry} bands={props.bands} />
          {now !== null && <Now geometry={geometry} at={now} />}
          <Outline geometry={geometry} bar={barOf(pinned)} isPinned />
          <Outline geometry={geometry} bar={barOf(hovered)} />
        </>
      )}
    >
      {(geometry) => {
        const bar = isOwn ? barOf(hovered) : undefined;
        if (!bar) return null;
        const box = barBox(bar, geometry);
        const place = { x: Math.min(box.x + box.width / 2, geometry.width - 20), y: box.y + box.height };
        return (
          <Bubble place={place} geometry={geometry}>
            {props.bubble(bar.id)}
          </Bubble>
        );
      }}
    </CanvasPlot>
  );
}

/** Time, and rows from the top; the same objects while they hold the same. */
function useAxes({ extent, zoom, numRows }: LanePlotProps): { x: PlotAxis; y: PlotAxis } {
  const scale = xScale("time", extent, zoom, 8);
  const fingerprint = JSON.stringify(scale);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the fingerprint stands for the scale
  const x = useMemo((): PlotAxis => {
    const span = scale.domain[1] - scale.domain[0];
    return { scale, kind: "linear", text: (value) => xTick("time", value, span) };
  }, [fingerprint]);
  const y = useMemo(
    (): PlotAxis => ({
      scale: { domain: [Math.max(1, numRows), 0], ticks: [] },
      kind: "linear",
      text: String,
    }),
    [numRows],
  );
  return { x, y };
}

/** Where the keyboard goes: undefined for other keys, null to leave. */
function steppedBar(bars: readonly Bar[], at: number, event: KeyboardEvent): Bar | null | undefined {
  if (event.key === "Escape") return null;
  const by = event.shiftKey ? 10 : 1;
  const next = { ArrowRight: at + by, ArrowLeft: at - by, Home: 0, End: bars.length - 1 }[event.key];
  if (next === undefined) return undefined;
  event.preventDefault();
  return bars[Math.max(0, Math.min(bars.length - 1, next))];
}

/** Room for the longest name, within reason. */
function groupWidth(groups: readonly LaneGroup[]): number {
  const longest = Math.max(3, ...groups.map(({ name }) => Math.min(18, name.length)));
  return Math.ceil((longest * 6.8 + 16) / 8) * 8;
}

function Groups({ geometry, groups }: { geometry: Geometry; groups: readonly LaneGroup[] }) {
  const { area, y } = geometry;
  return groups.map(({ name, firstRow, numRows }) => (
    <g key={name}>
      {firstRow > 0 && (
        <line
          x1={0}
          x2={area.left + area.width}
          y1={y.to(firstRow - 0.5)}
          y2={y.to(firstRow - 0.5)}
          className={classes.axis}
        />
      )}
      <text
        x={area.left - 8}
        y={y.to(firstRow + numRows / 2)}
        dy="0.32em"
        textAnchor="end"
        className={classes.group}
      >
        {name.length > 18 ? `${name.slice(0, 17)}…` : name}
      </text>
    </g>
  ));
}

function Bands({ geometry, bands }: { geometry: Geometry; bands: LanePlotProps["bands"] }) {
  const { area, x } = geometry;
  return bands.map(({ from, to, text }) => {
    const start = Math.max(area.left, x.to(from));
    const end = Math.min(area.left + area.width, x.to(to));
    if (end <= start) return null;
    return (
      <g key={from}>
        <rect x={start} width={end - start} y={area.top} height={area.height} className={classes.band} />
        <text x={start + 4} y={area.top + 12} className={classes.ruleText}>
          {end - start > 7 * text.length ? text : ""}
        </text>
      </g>
    );
  });
}

function Now({ geometry, at }: { geometry: Geometry; at: number }) {
  const { area, x } = geometry;
  const place = x.to(at);
  if (place < area.left || place > area.left + area.width) return null;
  return (
    <line
      x1={place}
      x2={place}
      y1={area.top - 4}
      y2={area.top + area.height}
      className={classes.now}
      data-testid="now"
    />
  );
}

interface OutlineProps {
  geometry: Geometry;
  bar: Bar | undefined;
  isPinned?: boolean;
}

function Outline({ geometry, bar, isPinned }: OutlineProps) {
  if (!bar) return null;
  const { x, y, width, height } = barBox(bar, geometry);
  return (
    <rect
      x={x - 1.5}
      y={y - 1.5}
      width={width + 3}
      height={height + 3}
      rx={2}
      className={classes.outline}
      data-pinned={isPinned}
    />
  );
}
