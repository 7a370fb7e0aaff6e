import { smoothed } from "~/lib/smoothing";

/** One line of a chart, as the caller has it. */
export interface Series {
  /** Unique in the chart and lasting; names the series to `hiddenIds` and `onToggle`. */
  id: string;
  label: string;
  /** A CSS colour; usually `var(--series-1)` from lib/palette. */
  color: string;
  dash?: string;
  /** In the background until hovered. */
  faint?: boolean;
  /** (x, value) by ascending or repeated x; null where the value was not a finite number. */
  points: readonly (readonly [number, number | null])[];
  /** (x, min, max) of what each point stands for. */
  bands?: readonly (readonly [number, number, number])[] | null;
}

export type ScaleKind = "linear" | "log";

/** A point as drawn: `y` smoothed or raw, `raw` as measured, null for a gap. */
export interface Row {
  x: number;
  y: number | null;
  raw: number | null;
}

/** The extremes of what was summarised at x. */
export interface BandRow {
  x: number;
  band: [number, number];
}

export interface PreparedSeries extends Omit<Series, "points" | "bands"> {
  rows: Row[];
  /** The same rows by ascending x; a resumed task may repeat or go back in epochs. */
  byX: Row[];
  bandRows: BandRow[];
  /** Points with a gap on both sides, which no line would show. */
  isolated: Row[];
}

export interface Prepared {
  series: PreparedSeries[];
  isSmoothed: boolean;
  /** Points that were NaN or infinite. */
  gaps: number;
  /** Points at or below zero, which a log axis cannot show. */
  dropped: number;
}

/** Shapes visible series for drawing: smoothing first, on all points, then what the axis cannot show is cut. */
export function prepared(series: readonly Series[], yScale: ScaleKind, smoothing: number): Prepared {
  let gaps = 0;
  let dropped = 0;
  const isShown = (value: number | null): value is number =>
    value !== null && (yScale === "linear" || value > 0);
  const shaped = series.map(({ points, bands, ...look }) => {
    const raw = points.map(([, value]) => (value !== null && Number.isFinite(value) ? value : null));
    gaps += raw.filter((value) => value === null).length;
    dropped += raw.filter((value) => value !== null && !isShown(value)).length;
    const smooth = smoothed(raw, smoothing);
    const rows = points.map(([x], index): Row => {
      const [y, measured] = [smooth[index] ?? null, raw[index] ?? null];
      return {
        x,
        y: isShown(y) ? y : null,
        raw: isShown(measured) ? measured : null,
      };
    });
    return {
      ...look,
      rows,
      byX: ascending(rows),
      bandRows: shownBands(bands ?? [], yScale),
      isolated: rows.filter(isIsolated),
    };
  });
  return { series: shaped, isSmoothed: smoothing > 0, gaps, dropped };
}

function ascending(rows: Row[]): Row[] {
  const isAscending = rows.every((row, index) => row.x >= (rows[index - 1]?.x ?? row.x));
  return isAscending ? rows : rows.toSorted((a, b) => a.x - b.x);
}

function shownBands(bands: readonly (readonly [number, number, number])[], yScale: ScaleKind): BandRow[] {
  const isFlat = bands.every(([, low, high]) => low === high);
  if (isFlat) return [];
  return bands
    .filter(([, low]) => yScale === "linear" || low > 0)
    .map(([x, low, high]) => ({ x, band: [low, high] }));
}

function isIsolated(row: Row, index: number, rows: Row[]): boolean {
  return row.y !== null && (rows[index - 1]?.y ?? null) === null && (rows[index + 1]?.y ?? null) === null;
}

/** Least and greatest x of all series; null when there is no point. */
export function xExtent(series: readonly Series[]): [number, number] | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { points } of series) {
    for (const [x] of points) {
      if (x < low) low = x;
      if (x > high) high = x;
    }
  }
  return low <= high ? [low, high] : null;
}

/** Least and greatest drawn value (lines, raw lines and bands) within the x range; null when there is none. */
export function yExtent(
  series: readonly PreparedSeries[],
  [from, to]: readonly [number, number],
): [number, number] | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const include = (x: number, value: number | null) => {
    if (value === null || x < from || x > to) return;
    if (value < low) low = value;
    if (value > high) high = value;
  };
  for (const { rows, bandRows } of series) {
    for (const { x, y, raw } of rows) {
      include(x, y);
      include(x, raw);
    }
    for (const { x, band } of bandRows) {
      include(x, band[0]);
      include(x, band[1]);
    }
  }
  return low <= high ? [low, high] : null;
}

/** Of rows by ascending x, the one nearest to `x` (the last of equals); null in an empty series. */
export function nearestRow(rows: readonly Row[], x: number): Row | null {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.x ?? 0) <= x) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [rows[low - 1] ?? null, rows[low] ?? null];
  if (!before || !after) return before ?? after;
  return x - before.x <= after.x - x ? before : after;
}

/** All x values of the series, ascending, each once: the stops of the keyboard cursor. */
export function allX(series: readonly PreparedSeries[]): number[] {
  return [...new Set(series.flatMap(({ rows }) => rows.map((row) => row.x)))].sort((a, b) => a - b);
}
