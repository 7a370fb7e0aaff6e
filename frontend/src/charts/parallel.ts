import type { PlacedDimension } from "./dimension";

/** Where the axes stand, in pixels; the place 0 is at `top + height`. */
export interface ParallelLayout {
  xs: readonly number[];
  top: number;
  height: number;
}

/** Even places for axes, with room at both sides for their labels. */
export function spread(count: number, width: number, side: number): number[] {
  if (count === 1) return [width / 2];
  const step = (width - 2 * side) / Math.max(1, count - 1);
  return Array.from({ length: count }, (_, index) => side + index * step);
}

export function yOf({ top, height }: ParallelLayout, place: number): number {
  return top + height * (1 - place);
}

/** A line's path over the axes; broken where it has no place at all. */
export function linePath(axes: readonly PlacedDimension[], line: number, layout: ParallelLayout): string {
  let path = "";
  let isDrawing = false;
  axes.forEach((axis, index) => {
    const place = axis.places[line] ?? Number.NaN;
    const isPlaced = !Number.isNaN(place);
    if (isPlaced)
      path += `${isDrawing ? "L" : "M"}${round(layout.xs[index] ?? 0)} ${round(yOf(layout, place))}`;
    isDrawing = isPlaced;
  });
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Adds the given lines to the context's path. The same as {@link linePath}, for many. */
export function traceLines(
  context: Pick<CanvasRenderingContext2D, "moveTo" | "lineTo">,
  axes: readonly PlacedDimension[],
  lines: readonly number[],
  layout: ParallelLayout,
): void {
  const count = axes.length;
  for (const line of lines) {
    let isDrawing = false;
    for (let index = 0; index < count; index += 1) {
      const place = axes[index]?.places[line] ?? Number.NaN;
      const isPlaced = !Number.isNaN(place);
      if (isPlaced) {
        const [x, y] = [layout.xs[index] ?? 0, yOf(layout, place)];
        if (isDrawing) context.lineTo(x, y);
        else context.moveTo(x, y);
      }
      isDrawing = isPlaced;
    }
  }
}

/** The line nearest to a point, by height at that x; null when none is within `reach` pixels. */
export function nearestLine(
  axes: readonly PlacedDimension[],
  layout: ParallelLayout,
  point: { x: number; y: number },
  isEligible: (line: number) => boolean,
  reach = 10,
): number | null {
  const right = layout.xs.findIndex((x) => x >= point.x);
  if (right < 1) return null;
  const [from, to] = [axes[right - 1], axes[right]];
  const left = layout.xs[right - 1] ?? 0;
  const width = (layout.xs[right] ?? 0) - left;
  if (!from || !to || width === 0) return null;
  const share = (point.x - left) / width;
  let best: number | null = null;
  let distance = reach;
  from.places.forEach((start, line) => {
    const place = start + ((to.places[line] ?? Number.NaN) - start) * share;
    const away = Math.abs(yOf(layout, place) - point.y);
    if (away < distance && isEligible(line)) [best, distance] = [line, away];
  });
  return best;
}

/** How good places on an axis are. */
export interface Rating {
  /** 1 for the best of those that count, 0 for the worst, NaN for what has no value. */
  of: (place: number) => number;
  best: number;
  worst: number;
}

/** Rates by rank within the lines that are kept: a few diverged trials do not take all the contrast. */
export function ratingOf(axis: PlacedDimension, isKept: readonly boolean[], isLowBest: boolean): Rating {
  const sign = isLowBest ? -1 : 1;
  const known = axis.places.filter((place, line) => isKept[line] && hasValue(axis, place));
  const sorted = Float64Array.from(new Set(known.map((place) => sign * place))).sort();
  return {
    of: (place) => (hasValue(axis, place) ? rankOf(sorted, sign * place) : Number.NaN),
    best: sign * (sorted.at(-1) ?? Number.NaN),
    worst: sign * (sorted[0] ?? Number.NaN),
  };
}

/** Where a value is among ascending ones, from 0 to 1, in between by its distances. */
function rankOf(sorted: Float64Array, value: number): number {
  const last = sorted.length - 1;
  if (last < 0) return Number.NaN;
  let [low, high] = [0, last];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  const [above, below] = [sorted[low] ?? value, sorted[low - 1] ?? value];
  if (last === 0) return value >= above ? 1 : 0;
  if (value >= above) return low / last;
  return low === 0 ? 0 : (low - 1 + (value - below) / (above - below)) / last;
}

/** Whether it is a value's place, and not that for trials without one. */
export function hasValue({ start }: PlacedDimension, place: number): boolean {
  return place >= start - 1e-9;
}

/** The ids in the order asked for; those that are not named keep their order behind them. */
export function orderedIds(ids: readonly string[], asked: readonly string[] | undefined): string[] {
  const named = [...new Set(asked ?? [])].filter((id) => ids.includes(id));
  return [...named, ...ids.filter((id) => !named.includes(id))];
}

/** The ids with one of them at another place. */
export function reordered(ids: readonly string[], id: string, to: number): string[] {
  const others = ids.filter((other) => other !== id);
  return others.toSpliced(Math.min(others.length, Math.max(0, to)), 0, id);
}

/** Words that say little without the one before them. */
const VAGUE = /^(name|type|kind|size|value|values|id|mode|n|num|number|rate|factor)$/;

/** The shortest endings of dotted paths that tell them apart and say something. */
export function shortLabels(paths: readonly string[]): Map<string, string> {
  const ending = (path: string, parts: number) => path.split(".").slice(-parts).join(".");
  return new Map(
    paths.map((path) => {
      let parts = VAGUE.test(ending(path, 1)) ? 2 : 1;
      const isShared = () =>
        paths.some((other) => other !== path && ending(other, parts) === ending(path, parts));
      while (parts < path.split(".").length && isShared()) parts += 1;
      return [path, ending(path, parts)];
    }),
  );
}
