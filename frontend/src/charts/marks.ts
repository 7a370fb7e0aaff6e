import type { Ink } from "./CanvasPlot";
import type { Geometry } from "./placing";
import { isFilled, type Shape, trace } from "./shapes";

/** One of very many points. */
export interface Mark {
  id: number;
  x: number;
  /** Null for one without a value: it stands at the foot of the plot. */
  y: number | null;
  shape: Shape;
  /** "var(--series-1)". */
  color: string;
  isFaint: boolean;
}

export type Step = readonly [x: number, y: number];

/** Marks without a value stand this far above the axis, in pixels. */
const FOOT = 6;

/** Where the marks are, x and y by turns. */
export function placesOf(marks: readonly Mark[], { x, y, area }: Geometry): Float32Array {
  const places = new Float32Array(marks.length * 2);
  marks.forEach((mark, index) => {
    const at = mark.y === null ? Number.NaN : y.to(mark.y);
    places[index * 2] = x.to(mark.x);
    places[index * 2 + 1] = Number.isFinite(at) ? at : area.top + area.height - FOOT;
  });
  return places;
}

/** Paints the marks, one path for all that look the same, the faint ones below. */
export function paintMarks(
  context: CanvasRenderingContext2D,
  marks: readonly Mark[],
  places: Float32Array,
  ink: Ink,
): void {
  const r = marks.length > 600 ? 2.5 : 3.5;
  const groups = new Map<string, { mark: Mark; path: Path2D }>();
  marks.forEach((mark, index) => {
    const key = `${mark.isFaint ? 0 : 1} ${mark.shape} ${mark.color}`;
    const group = groups.get(key) ?? { mark, path: new Path2D() };
    groups.set(key, group);
    trace(group.path, mark.shape, places[index * 2] ?? 0, places[index * 2 + 1] ?? 0, r);
  });
  context.lineWidth = 1.5;
  for (const [, { mark, path }] of [...groups].sort(([a], [b]) => a.localeCompare(b))) {
    context.globalAlpha = mark.isFaint ? 0.2 : 0.8;
    context.fillStyle = context.strokeStyle = ink(mark.color);
    if (isFilled(mark.shape)) context.fill(path);
    else context.stroke(path);
  }
  context.globalAlpha = 1;
}

/** Each value is kept until the next one; the last to the right border. */
export function stepPath(steps: readonly Step[], { x, y, area }: Geometry): string {
  const path = steps.map(([at, value], index) =>
    index === 0
      ? `M${x.to(at).toFixed(1)},${y.to(value).toFixed(1)}`
      : `H${x.to(at).toFixed(1)}V${y.to(value).toFixed(1)}`,
  );
  return path.length > 0 ? `${path.join("")}H${area.left + area.width}` : "";
}
