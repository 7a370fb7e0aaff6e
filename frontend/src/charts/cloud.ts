import type { Ink } from "./CanvasPlot";
import { jitter, type PlacedDimension } from "./dimension";
import type { Geometry } from "./placing";
import { shadesOf } from "./ramp";
import { isFilled, type Shape, trace } from "./shapes";

/** How much a point stands out: it is out of a brush, in the background, or what the plot is about. */
export type Weight = "out" | "back" | "front";

/** Very many points between two dimensions, in the order of the dimensions' values. */
export interface Cloud {
  /** Shares of the axes; NaN for a point that is not drawn. */
  xs: Float64Array;
  ys: Float64Array;
  /** Indices of the ramp; -1 for what has no colour of it. */
  shades: Int8Array;
  shapes: readonly Shape[];
  weights: readonly Weight[];
  /** Whether points have a border that sets them off from what is painted below. */
  isCased?: boolean;
}

/** How wide points spread around their category, as a part of its room. */
const SPREAD = 0.55;

/** The places on an axis, spread around categories, and around the place for no value, so that they do not hide each other. */
export function spreadPlaces(
  axis: PlacedDimension,
  numbers: readonly number[],
  along: "x" | "y",
): Float64Array {
  const count = axis.categories?.length ?? 0;
  const room = count > 0 ? ((1 - axis.start) / count) * SPREAD : 0;
  return axis.places.map((place, index) => {
    const isMissing = place < axis.start;
    return place + jitter(numbers[index] ?? 0, along) * (isMissing ? axis.start * SPREAD : room);
  });
}

/** Where the points are in pixels, x and y by turns. */
export function cloudPlaces({ xs, ys }: Cloud, { x, y }: Pick<Geometry, "x" | "y">): Float32Array {
  const places = new Float32Array(xs.length * 2);
  xs.forEach((share, index) => {
    places[index * 2] = x.to(share);
    places[index * 2 + 1] = y.to(ys[index] ?? Number.NaN);
  });
  return places;
}

const ALPHA: Record<Weight, number> = { out: 0.12, back: 0.4, front: 0.9 };
const ORDER: readonly Weight[] = ["out", "back", "front"];

/** Paints the points, one path for all that look the same; what stands out most comes last. */
export function paintCloud(
  context: CanvasRenderingContext2D,
  cloud: Cloud,
  places: Float32Array,
  ink: Ink,
): void {
  const r = radiusOf(cloud);
  const shades = shadesOf(ink);
  context.lineWidth = 1.5;
  for (const { weight, shade, shape, indices } of groupsOf(cloud)) {
    context.globalAlpha = ALPHA[weight];
    const path = new Path2D();
    for (const index of indices) trace(path, shape, places[index * 2] ?? 0, places[index * 2 + 1] ?? 0, r);
    if (cloud.isCased) paintCasing(context, indices, places, r, ink);
    context.fillStyle = context.strokeStyle = shades[shade] ?? ink("var(--text)");
    if (isFilled(shape)) context.fill(path);
    else context.stroke(path);
  }
  context.globalAlpha = 1;
}

function radiusOf({ xs, isCased = false }: Cloud): number {
  const isDense = xs.length > 600;
  return isDense ? (isCased ? 1.75 : 2.5) : 3.5;
}

/** Discs below the points: to fill these is several times faster than to stroke the points' outlines. */
function paintCasing(
  context: CanvasRenderingContext2D,
  indices: readonly number[],
  places: Float32Array,
  r: number,
  ink: Ink,
): void {
  const path = new Path2D();
  for (const index of indices)
    trace(path, "disc", places[index * 2] ?? 0, places[index * 2 + 1] ?? 0, 1.25 * r + 1);
  context.fillStyle = ink("var(--surface-card)");
  context.fill(path);
}

interface Group {
  weight: Weight;
  shade: number;
  shape: Shape;
  indices: number[];
}

/** The points that look the same, in the order in which they are painted. */
export function groupsOf({ xs, ys, shades, shapes, weights }: Cloud): Group[] {
  const groups = new Map<string, Group>();
  for (let index = 0; index < xs.length; index += 1) {
    const [shape, weight, shade] = [shapes[index], weights[index], shades[index] ?? -1];
    if (!shape || !weight || Number.isNaN((xs[index] ?? Number.NaN) + (ys[index] ?? Number.NaN))) continue;
    const key = `${weight} ${shade} ${shape}`;
    const group = groups.get(key) ?? { weight, shade, shape, indices: [] };
    groups.set(key, group);
    group.indices.push(index);
  }
  return [...groups.values()].sort(
    (a, b) => ORDER.indexOf(a.weight) - ORDER.indexOf(b.weight) || a.shade - b.shade,
  );
}

/** The drawn points from left to right, for the arrow keys. */
export function keyOrder({ xs, ys }: Cloud): number[] {
  const drawn = [...xs.keys()].filter((index) => !Number.isNaN((xs[index] ?? 0) + (ys[index] ?? 0)));
  return drawn.sort((a, b) => (xs[a] ?? 0) - (xs[b] ?? 0) || (ys[a] ?? 0) - (ys[b] ?? 0));
}
