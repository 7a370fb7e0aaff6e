import type { Ink } from "./CanvasPlot";
import type { Geometry, PlacedLine, Point } from "./placing";
import type { ScaleKind } from "./series";
import { isFilled, type Shape, trace } from "./shapes";

/** One of very many lines. */
export interface BundleLine {
  id: number;
  /** By ascending x. */
  points: readonly Point[];
  /** How much it matters: strong ones are drawn over plain ones over faint ones. */
  look: "faint" | "plain" | "strong";
  /** "var(--series-1)". */
  color: string;
  dash?: string;
  /** What stands at its end. */
  end: Shape | null;
}

/** What the axes must hold, and what they cannot show. */
export interface BundleExtent {
  x: [number, number];
  y: [number, number];
  /** Lines with values at or below zero, which a log axis leaves out. */
  numCut: number;
}

/** Least and greatest of all points, within a range of x where one is given; null where nothing can be drawn. */
export function bundleExtent(
  lines: readonly BundleLine[],
  kind: ScaleKind,
  within: readonly [number, number] | null = null,
): BundleExtent | null {
  const x: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const y: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let numCut = 0;
  for (const { points } of lines) {
    let isCut = false;
    for (const point of points) {
      const [at, value] = [point[0] ?? Number.NaN, point[1] ?? null];
      if (at < x[0]) x[0] = at;
      if (at > x[1]) x[1] = at;
      if (value === null || (within && (at < within[0] || at > within[1]))) continue;
      if (kind === "log" && value <= 0) {
        isCut = true;
        continue;
      }
      if (value < y[0]) y[0] = value;
      if (value > y[1]) y[1] = value;
    }
    if (isCut) numCut += 1;
  }
  return y[0] <= y[1] ? { x, y, numCut } : null;
}

const LOOKS = ["faint", "plain", "strong"] as const;

/** Paints the lines and their end marks, the important ones last. */
export function paintBundle(
  context: CanvasRenderingContext2D,
  lines: readonly BundleLine[],
  placed: readonly PlacedLine[],
  ink: Ink,
): void {
  context.lineJoin = "bevel";
  for (const look of LOOKS) {
    const indices = lines.flatMap((line, index) => (line.look === look ? [index] : []));
    context.globalAlpha = alphaOf(look, indices.length);
    context.lineWidth = { faint: 1, plain: indices.length > 300 ? 1 : 1.5, strong: 3 }[look];
    for (const index of indices) {
      const [line, place] = [lines[index], placed[index]];
      if (!line || !place) continue;
      if (look === "strong") ground(context, place, ink);
      context.strokeStyle = context.fillStyle = ink(line.color);
      context.setLineDash(line.dash?.split(" ").map(Number) ?? []);
      strokeLine(context, place);
      context.setLineDash([]);
      markEnd(context, line, place, look === "strong" ? 5 : 3);
    }
  }
  context.globalAlpha = 1;
}

/** The more lines there are, the lighter each must be for the picture to show where they are many. */
function alphaOf(look: BundleLine["look"], count: number): number {
  if (look === "strong") return 1;
  const share = Math.min(1, Math.max(0, Math.log10(Math.max(1, count) / 20) / 2));
  return look === "plain" ? 0.75 - 0.4 * share : 0.45 - 0.27 * share;
}

/** A gap between a strong line and what lies below it. */
function ground(context: CanvasRenderingContext2D, place: PlacedLine, ink: Ink): void {
  const width = context.lineWidth;
  context.lineWidth = width + 4;
  context.strokeStyle = ink("var(--surface-card)");
  strokeLine(context, place);
  context.lineWidth = width;
}

function strokeLine(context: CanvasRenderingContext2D, place: PlacedLine): void {
  context.beginPath();
  let isDown = false;
  for (let at = 0; at < place.length; at += 2) {
    const [x, y] = [place[at] ?? Number.NaN, place[at + 1] ?? Number.NaN];
    if (Number.isNaN(y)) {
      isDown = false;
    } else if (isDown) {
      context.lineTo(x, y);
    } else {
      context.moveTo(x, y);
      isDown = true;
      // A point between two gaps would not be seen.
      if (at + 3 >= place.length || Number.isNaN(place[at + 3] ?? Number.NaN)) context.lineTo(x + 1, y);
    }
  }
  context.stroke();
}

function markEnd(context: CanvasRenderingContext2D, line: BundleLine, place: PlacedLine, r: number): void {
  const end = line.end && endOf(place);
  if (!line.end || !end) return;
  context.beginPath();
  trace(context, line.end, end[0], end[1], r);
  if (isFilled(line.end)) context.fill();
  else context.stroke();
}

/** The last place of a line; null where it has none. */
export function endOf(place: PlacedLine): [number, number] | null {
  for (let at = place.length - 2; at >= 0; at -= 2) {
    const [x, y] = [place[at] ?? Number.NaN, place[at + 1] ?? Number.NaN];
    if (!Number.isNaN(x + y)) return [x, y];
  }
  return null;
}

/** A placed line for SVG. */
export function svgPath(place: PlacedLine): string {
  let path = "";
  let isDown = false;
  for (let at = 0; at < place.length; at += 2) {
    const [x, y] = [place[at] ?? Number.NaN, place[at + 1] ?? Number.NaN];
    if (!Number.isNaN(y)) path += `${isDown ? "L" : "M"}${x.toFixed(1)},${y.toFixed(1)}`;
    isDown = !Number.isNaN(y);
  }
  return path;
}

/** Calculates once per geometry. */
export function perGeometry<T>(calculate: (geometry: Geometry) => T): (geometry: Geometry) => T {
  let known: { geometry: Geometry; value: T } | null = null;
  return (geometry) => {
    if (known?.geometry !== geometry) known = { geometry, value: calculate(geometry) };
    return known.value;
  };
}
