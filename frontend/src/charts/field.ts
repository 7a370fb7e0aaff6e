import type { PlacedDimension } from "./dimension";

/**
 * A cell of one axis: where it is, and the group of values it stands for. Values of other groups, such as those of
 * another category, say nothing about it.
 */
export interface Cell {
  at: number;
  group: number;
}

/** Values over two axes, row by row from the bottom; NaN where nothing is known at all. */
export interface Field {
  columns: readonly Cell[];
  rows: readonly Cell[];
  values: Float64Array;
  /** How near the next trial is: 1 where there is one, 0 where it would be a guess. */
  supports: Float64Array;
}

const NO_VALUE = -1;
/** Trials nearer than this, as a share of an axis, are averaged instead of met exactly: their values have noise. */
const SOFTNESS = 0.05;
/** Up to this distance from a trial the field is full, at the second one it has faded. */
const NEAR = 0.06;
const FAR = 0.25;

/** Even cells over numbers, one per category, and one for trials without a value. */
export function cellsOf({ start, categories }: PlacedDimension, count: number): Cell[] {
  const inner = categories?.length ?? count;
  const cells = Array.from({ length: inner }, (_, index) => ({
    at: start + ((index + 0.5) / inner) * (1 - start),
    group: categories ? index : 0,
  }));
  return start > 0 ? [{ at: 0, group: NO_VALUE }, ...cells] : cells;
}

export function groupOf({ start, categories }: PlacedDimension, place: number): number {
  if (place < start) return NO_VALUE;
  if (!categories) return 0;
  return Math.min(categories.length - 1, Math.floor(((place - start) / (1 - start)) * categories.length));
}

interface Known {
  x: number;
  y: number;
  value: number;
}

/**
 * The mean of the known values around each cell, weighted by inverse distance to the fourth power (Shepard, 1968),
 * softened near the points. Distances are shares of the axes, within a category of the other axis alone.
 */
export function interpolated(
  x: PlacedDimension,
  y: PlacedDimension,
  values: Float64Array,
  count: readonly [number, number],
): Field {
  const [columns, rows] = [cellsOf(x, count[0]), cellsOf(y, count[1])];
  const groups = grouped(x, y, values);
  const field = {
    columns,
    rows,
    values: new Float64Array(columns.length * rows.length),
    supports: new Float64Array(columns.length * rows.length),
  };
  rows.forEach((row, j) => {
    columns.forEach((column, i) => {
      const near = groups.get(`${column.group} ${row.group}`) ?? [];
      const { value, distance } = around(near, column.at, row.at);
      field.values[j * columns.length + i] = value;
      field.supports[j * columns.length + i] = supportAt(distance);
    });
  });
  return field;
}

/** The points that have a value, by the groups of both their places. Within a category there is no distance. */
function grouped(x: PlacedDimension, y: PlacedDimension, values: Float64Array): Map<string, Known[]> {
  const groups = new Map<string, Known[]>();
  values.forEach((value, index) => {
    const [px, py] = [x.places[index] ?? Number.NaN, y.places[index] ?? Number.NaN];
    if (Number.isNaN(px + py + value)) return;
    const key = `${groupOf(x, px)} ${groupOf(y, py)}`;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push({ x: px, y: py, value });
  });
  return groups;
}

function around(points: readonly Known[], x: number, y: number): { value: number; distance: number } {
  let [sum, weights, nearest] = [0, 0, Number.POSITIVE_INFINITY];
  for (const point of points) {
    const squared = (point.x - x) ** 2 + (point.y - y) ** 2;
    if (squared < nearest) nearest = squared;
    const weight = 1 / (squared + SOFTNESS * SOFTNESS) ** 2;
    sum += weight * point.value;
    weights += weight;
  }
  return { value: weights > 0 ? sum / weights : Number.NaN, distance: Math.sqrt(nearest) };
}

/** From 1 to 0 without an edge. */
export function supportAt(distance: number): number {
  const share = Math.min(1, Math.max(0, (FAR - distance) / (FAR - NEAR)));
  return share * share * (3 - 2 * share);
}

/** Two cells, and how far from the first to the second a place is. */
export interface Between {
  low: number;
  high: number;
  share: number;
}

/** What a field has at a place. */
export function sampled(field: Field, atX: number, atY: number): Sample {
  return blended(field, between(field.columns, atX), between(field.rows, atY));
}

export interface Sample {
  value: number;
  support: number;
}

/** What a field has between its cells: bilinear within a group, a cell's own value in any other. */
export function blended(field: Field, x: Between, y: Between): Sample {
  let [value, support, total] = [0, 0, 0];
  const add = (column: number, row: number, weight: number) => {
    const index = row * field.columns.length + column;
    const known = field.values[index] ?? Number.NaN;
    if (weight === 0 || Number.isNaN(known)) return;
    value += weight * known;
    support += weight * (field.supports[index] ?? 0);
    total += weight;
  };
  add(x.low, y.low, (1 - x.share) * (1 - y.share));
  add(x.high, y.low, x.share * (1 - y.share));
  add(x.low, y.high, (1 - x.share) * y.share);
  add(x.high, y.high, x.share * y.share);
  return total > 0 ? { value: value / total, support } : { value: Number.NaN, support: 0 };
}

/** The cells on both sides of a place; the nearest one alone where they are of different groups. */
export function between(cells: readonly Cell[], at: number): Between {
  const found = cells.findIndex((cell) => cell.at >= at);
  const high = found < 0 ? cells.length - 1 : found;
  const low = Math.max(0, high - 1);
  const [first, second] = [cells[low], cells[high]];
  if (!first || !second || low === high) return { low: high, high, share: 0 };
  const share = Math.min(1, (at - first.at) / (second.at - first.at));
  if (first.group === second.group) return { low, high, share };
  const nearest = share < 0.5 ? low : high;
  return { low: nearest, high: nearest, share: 0 };
}
