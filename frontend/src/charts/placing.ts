import type { ScaleKind } from "./series";

/** Data to pixels along one axis, and back. */
export interface Placement {
  to: (value: number) => number;
  from: (pixel: number) => number;
}

/** Where a plot's inside lies in its box, in pixels. */
export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A plot with its size known. Values that a log axis cannot show are placed at NaN. */
export interface Geometry {
  width: number;
  height: number;
  area: Area;
  x: Placement;
  y: Placement;
}

/** `low` is drawn at pixel `start`, `high` at `end`. */
export function placement(
  [low, high]: readonly [number, number],
  kind: ScaleKind,
  start: number,
  end: number,
): Placement {
  const isLog = kind === "log";
  const bottom = isLog ? Math.log(low) : low;
  const rate = (end - start) / ((isLog ? Math.log(high) : high) - bottom);
  return isLog
    ? {
        to: (value) => (value > 0 ? start + (Math.log(value) - bottom) * rate : Number.NaN),
        from: (pixel) => Math.exp(bottom + (pixel - start) / rate),
      }
    : {
        to: (value) => start + (value - bottom) * rate,
        from: (pixel) => bottom + (pixel - start) / rate,
      };
}

export function isInside({ left, top, width, height }: Area, x: number, y: number): boolean {
  return x >= left && x <= left + width && y >= top && y <= top + height;
}

/** A line's points in pixels, x and y by turns; y is NaN in a gap. */
export type PlacedLine = Float32Array;

/** (x, value), value null where it was not a finite number; the generated client widens pairs to lists. */
export type Point = readonly (number | null)[];

export function placedLine(points: readonly Point[], { x, y }: Pick<Geometry, "x" | "y">): PlacedLine {
  const placed = new Float32Array(points.length * 2);
  let at = 0;
  for (const point of points) {
    const value = point[1] ?? null;
    placed[at] = x.to(point[0] ?? Number.NaN);
    placed[at + 1] = value === null ? Number.NaN : y.to(value);
    at += 2;
  }
  return placed;
}

/** A line, and the index of its point. */
export interface Hit {
  line: number;
  point: number;
}

/**
 * The line that passes nearest to a place, within `reach` pixels, and its point nearest to that place; null where
 * there is none. Of equals the first line; lines for which `counts` is false are passed over.
 */
export function nearestLine(
  lines: readonly PlacedLine[],
  x: number,
  y: number,
  reach: number,
  counts: (line: number) => boolean = () => true,
): Hit | null {
  let best = reach * reach;
  let found: Hit | null = null;
  lines.forEach((line, index) => {
    if (!counts(index)) return;
    for (let at = 0; at < line.length; at += 2) {
      const [x1, y1] = [line[at] ?? Number.NaN, line[at + 1] ?? Number.NaN];
      const [x2, y2] = [line[at + 2] ?? x1, line[at + 3] ?? y1];
      if (Math.min(x1, x2) > x + reach || Math.max(x1, x2) < x - reach) continue;
      const distance = squaredDistance(x, y, x1, y1, Number.isNaN(y2) ? x1 : x2, Number.isNaN(y2) ? y1 : y2);
      if (!(distance < best)) continue;
      best = distance;
      const isFirstNearer = Number.isNaN(y2) || Math.abs(x - x1) <= Math.abs(x - x2);
      found = { line: index, point: isFirstNearer ? at / 2 : Math.min(at / 2 + 1, line.length / 2 - 1) };
    }
  });
  return found;
}

/** From a place to a piece of a line; NaN where the piece has no place. */
function squaredDistance(x: number, y: number, x1: number, y1: number, x2: number, y2: number): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = dx * dx + dy * dy;
  const share = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / length));
  return (x - x1 - share * dx) ** 2 + (y - y1 - share * dy) ** 2;
}

/** The index of the nearest of places (x and y by turns) within `reach` pixels; null where there is none. */
export function nearestPlace(places: Float32Array, x: number, y: number, reach: number): number | null {
  let best = reach * reach;
  let found: number | null = null;
  for (let at = 0; at < places.length; at += 2) {
    const distance = ((places[at] ?? Number.NaN) - x) ** 2 + ((places[at + 1] ?? Number.NaN) - y) ** 2;
    if (!(distance <= best)) continue;
    best = distance;
    found = at / 2;
  }
  return found;
}
