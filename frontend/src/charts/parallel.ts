import { formatNumber } from "~/lib/format";
import { linearScale, logScale } from "~/lib/ticks";

export type AxisValue = number | string | null;

/** One vertical axis, with a value per line in the lines' order; null where a line has none. */
export interface ParallelAxis {
  id: string;
  label: string;
  values: readonly AxisValue[];
  isLog?: boolean;
}

/** A part of an axis, as shares of its length from the bottom. */
export type Brush = readonly [number, number];
export type Brushes = Readonly<Record<string, Brush>>;

/** An axis ready to be drawn: where its values and ticks are, as shares of its length from the bottom. */
export interface PlacedAxis {
  id: string;
  label: string;
  places: (number | null)[];
  ticks: { at: number; text: string }[];
  /** What stands at a share of the length. */
  textAt: (share: number) => string;
}

const MOST_TICKS = 12;

export function placedAxis({ id, label, values, isLog = false }: ParallelAxis): PlacedAxis {
  const isNumeric = values.every((value) => value === null || typeof value === "number");
  const scale = isNumeric ? numericScale(finite(values), isLog) : categoricalScale(values);
  return { id, label, places: values.map(scale.place), ticks: scale.ticks, textAt: scale.textAt };
}

interface AxisScale {
  place: (value: AxisValue) => number | null;
  ticks: { at: number; text: string }[];
  textAt: (share: number) => string;
}

function numericScale(values: readonly number[], isLog: boolean): AxisScale {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0) return { place: () => null, ticks: [], textAt: () => "" };
  const isLogarithmic = isLog && low > 0;
  const { domain, ticks } = isLogarithmic ? logScale(low, high, 5) : linearScale(low, high, 4);
  const to = isLogarithmic ? Math.log10 : (value: number) => value;
  const from = isLogarithmic ? (value: number) => 10 ** value : (value: number) => value;
  const [bottom, top] = [to(domain[0]), to(domain[1])];
  const share = (value: number) => (top === bottom ? 0.5 : (to(value) - bottom) / (top - bottom));
  return {
    place: (value) => (typeof value === "number" && Number.isFinite(value) ? share(value) : null),
    ticks: withEnds(
      ticks.map((tick) => ({ at: share(tick), text: formatNumber(tick) })),
      domain.map(formatNumber),
    ),
    textAt: (at) => formatNumber(from(bottom + at * (top - bottom))),
  };
}

/** The ticks, and the ends of the axis where no tick is near. */
function withEnds(ticks: PlacedAxis["ticks"], ends: readonly string[]): PlacedAxis["ticks"] {
  const missing = ends
    .map((text, at) => ({ at, text }))
    .filter((end) => ticks.every(({ at }) => Math.abs(at - end.at) > 0.07));
  return [...ticks, ...missing];
}

function categoricalScale(values: readonly AxisValue[]): AxisScale {
  const names = categories(values);
  const indices = new Map(names.map((name, index) => [name, index]));
  const at = (index: number) => (index + 0.5) / names.length;
  const every = Math.ceil(names.length / MOST_TICKS);
  return {
    place: (value) => (value === null ? null : at(indices.get(String(value)) ?? 0)),
    ticks: names.map((text, index) => ({ at: at(index), text })).filter((_, index) => index % every === 0),
    textAt: (share) => names[Math.min(names.length - 1, Math.floor(share * names.length))] ?? "",
  };
}

/** The different values as text, in order. */
export function categories(values: readonly AxisValue[]): string[] {
  return [...new Set(values.filter((value) => value !== null).map(String))].sort(byNumberOrText);
}

function byNumberOrText(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b) : x - y;
}

function finite(values: readonly AxisValue[]): number[] {
  return values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
}

/** Whether an axis of these values is easier to read logarithmic: positive, over two decades or more. */
export function isWide(values: readonly AxisValue[]): boolean {
  const numbers = finite(values);
  if (numbers.length < 2) return false;
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  return low > 0 && high / low >= 100;
}

/** For each line whether it passes through every brush. A line without a value on a brushed axis does not. */
export function passing(axes: readonly PlacedAxis[], brushes: Brushes, count: number): boolean[] {
  const brushed = axes.flatMap((axis) => {
    const brush = brushes[axis.id];
    return brush ? [{ axis, brush }] : [];
  });
  return Array.from({ length: count }, (_, line) =>
    brushed.every(({ axis, brush: [low, high] }) => {
      const place = axis.places[line] ?? null;
      return place !== null && place >= low - 1e-9 && place <= high + 1e-9;
    }),
  );
}

/** A line's path over axes at these x positions; broken where a value is missing. */
export function linePath(
  axes: readonly PlacedAxis[],
  line: number,
  xs: readonly number[],
  height: number,
): string {
  let path = "";
  let isDrawing = false;
  axes.forEach((axis, index) => {
    const place = axis.places[line] ?? null;
    if (place !== null)
      path += `${isDrawing ? "L" : "M"}${round(xs[index] ?? 0)} ${round(height * (1 - place))}`;
    isDrawing = place !== null;
  });
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The line nearest to a point, by height at that x; null when none is within `reach` pixels. */
export function nearestLine(
  axes: readonly PlacedAxis[],
  xs: readonly number[],
  height: number,
  point: { x: number; y: number },
  isEligible: (line: number) => boolean,
  reach = 12,
): number | null {
  const right = xs.findIndex((x) => x >= point.x);
  if (right < 1) return null;
  const [from, to] = [axes[right - 1], axes[right]];
  const [left, width] = [xs[right - 1] ?? 0, (xs[right] ?? 0) - (xs[right - 1] ?? 0)];
  if (!from || !to) return null;
  const share = width === 0 ? 0 : (point.x - left) / width;
  let best: number | null = null;
  let distance = reach;
  from.places.forEach((start, line) => {
    const end = to.places[line] ?? null;
    if (start === null || end === null || !isEligible(line)) return;
    const away = Math.abs(height * (1 - (start + (end - start) * share)) - point.y);
    if (away < distance) [best, distance] = [line, away];
  });
  return best;
}

/** From 0 (worst) to 1 (best) among the values that count; null without a value. */
export function goodness(
  values: readonly AxisValue[],
  counts: readonly boolean[],
  isLowBest: boolean,
): (number | null)[] {
  const kept = finite(values.filter((_, line) => counts[line]));
  const [low, high] = [Math.min(...kept), Math.max(...kept)];
  return values.map((value) => {
    if (typeof value !== "number" || !Number.isFinite(value) || kept.length === 0) return null;
    const share = high === low ? 1 : (value - low) / (high - low);
    return Math.min(1, Math.max(0, isLowBest && high !== low ? 1 - share : share));
  });
}
