import { formatNumber } from "~/lib/format";
import { linearScale, logScale, type Scale } from "~/lib/ticks";

export type AxisValue = number | string | null;

/** Something that differs between trials, with a value per trial in their order; null where a trial has none. */
export interface Dimension {
  id: string;
  label: string;
  kind: "linear" | "log" | "category";
  values: readonly AxisValue[];
  /** The ends of the axis where they are known beforehand, so that it stays while values arrive. */
  domain?: readonly [number, number];
  /** The names in their order where they are known beforehand. */
  categories?: readonly string[];
  /** Whether only whole numbers may be ticks. */
  isInteger?: boolean;
  /** Whether trials without a value have no place at all. */
  hidesMissing?: boolean;
  /** What stands at the place of trials without a value. */
  missingText?: string;
}

export interface Tick {
  at: number;
  text: string;
}

/** A dimension ready to be drawn. Everything is a share of the axis's length, from 0 to 1. */
export interface PlacedDimension {
  id: string;
  label: string;
  kind: "linear" | "log" | "category";
  values: readonly AxisValue[];
  /** NaN where there is no place, as for a value that is not finite. */
  places: Float64Array;
  /** Where the values begin: above 0 where trials without a value have the place 0. */
  start: number;
  ticks: Tick[];
  /** Names in order; null unless they are categories. */
  categories: readonly string[] | null;
  placeOf: (value: AxisValue) => number;
  /** The number there, or the category; null at the place for no value. */
  valueAt: (share: number) => AxisValue;
  textAt: (share: number) => string;
}

/** How much of the axis is kept for trials without a value. */
const MISSING_PART = 0.12;
const MOST_NAMES = 14;

interface Inner {
  categories: readonly string[] | null;
  place: (value: number | string) => number;
  valueAt: (share: number) => number | string;
  ticks: Tick[];
}

export function placed(dimension: Dimension): PlacedDimension {
  const { id, label, values, hidesMissing = false, missingText = "none" } = dimension;
  const hasMissing = !hidesMissing && values.some((value) => !hasPlace(value));
  const start = hasMissing ? MISSING_PART : 0;
  const inner = innerOf(dimension);
  const outward = (share: number) => start + share * (1 - start);
  const placeOf = (value: AxisValue) =>
    value === null || !hasPlace(value) ? (hasMissing ? 0 : Number.NaN) : outward(inner.place(value));
  const valueAt = (share: number) =>
    share < start / 2 ? null : inner.valueAt(Math.max(0, share - start) / (1 - start));
  return {
    ...{ id, label, kind: dimension.kind, values, start, placeOf, valueAt },
    places: Float64Array.from(values, placeOf),
    ticks: [
      ...(hasMissing ? [{ at: 0, text: missingText }] : []),
      ...inner.ticks.map(({ at, text }) => ({ at: outward(at), text })),
    ],
    categories: inner.categories,
    textAt: (share) => {
      const value = valueAt(share);
      return value === null ? missingText : valueText(value);
    },
  };
}

export function valueText(value: AxisValue): string {
  return typeof value === "string" ? value : formatNumber(value);
}

function hasPlace(value: AxisValue): boolean {
  return typeof value === "number" ? Number.isFinite(value) : value !== null;
}

function innerOf(dimension: Dimension): Inner {
  const { kind, values } = dimension;
  if (kind === "category" || values.some((value) => typeof value === "string")) return namedAxis(dimension);
  return numericAxis(dimension);
}

function namedAxis({ values, categories: known = [] }: Dimension): Inner {
  const names = [...new Set([...known, ...categoriesOf(values)])];
  const indices = new Map(names.map((name, index) => [name, index]));
  const middle = (index: number) => (index + 0.5) / Math.max(1, names.length);
  const every = Math.ceil(names.length / MOST_NAMES);
  return {
    categories: names,
    place: (value) => middle(indices.get(String(value)) ?? 0),
    valueAt: (share) => names[Math.min(names.length - 1, Math.floor(share * names.length))] ?? "",
    ticks: names
      .map((text, index) => ({ at: middle(index), text }))
      .filter((_, index) => index % every === 0),
  };
}

function numericAxis(dimension: Dimension): Inner {
  const { low, high, isKnown } = extentOf(dimension);
  const isLog = dimension.kind === "log" && low > 0;
  const rounded = isLog ? logScale(low, high, 5) : linearScale(low, high, 4);
  const scale: Scale = isKnown && low < high ? { domain: [low, high], ticks: rounded.ticks } : rounded;
  const to = isLog ? Math.log10 : (value: number) => value;
  const from = isLog ? (value: number) => 10 ** value : (value: number) => value;
  const [bottom, top] = [to(scale.domain[0]), to(scale.domain[1])];
  const place = (value: number) => (to(value) - bottom) / (top - bottom);
  const inside = scale.ticks.filter(
    (tick) =>
      (!dimension.isInteger || Number.isInteger(tick)) && place(tick) > -1e-9 && place(tick) < 1 + 1e-9,
  );
  const ticks = inside.map((tick) => ({ at: place(tick), text: formatNumber(tick) }));
  return {
    categories: null,
    place: (value) => (typeof value === "number" ? place(value) : Number.NaN),
    valueAt: (share) => rounder(from(bottom + share * (top - bottom)), dimension.isInteger),
    ticks: withEnds(ticks, scale.domain.map(formatNumber)),
  };
}

function rounder(value: number, isInteger = false): number {
  return isInteger ? Math.round(value) : value;
}

/** The known ends, or further out where values lie beyond them. */
function extentOf({ values, domain }: Dimension): { low: number; high: number; isKnown: boolean } {
  const numbers = finite(values);
  let [low, high] = domain ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of numbers) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high, isKnown: domain !== undefined } : { low: 0, high: 1, isKnown: false };
}

/** The ticks, and the ends of the axis where no tick is near. */
function withEnds(ticks: readonly Tick[], ends: readonly string[]): Tick[] {
  const missing = ends
    .map((text, at) => ({ at, text }))
    .filter((end) => ticks.every(({ at }) => Math.abs(at - end.at) > 0.07));
  return [...ticks, ...missing];
}

/** The different values as text, in order. */
export function categoriesOf(values: readonly AxisValue[]): string[] {
  return [...new Set(values.filter((value) => value !== null).map(String))].sort(byNumberOrText);
}

function byNumberOrText(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b) : x - y;
}

export function finite(values: readonly AxisValue[]): number[] {
  return values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
}

/** Whether an axis of these values is easier to read logarithmic: positive, over two decades or more. */
export function isWide(values: readonly AxisValue[]): boolean {
  const numbers = finite(values);
  if (numbers.length < 2) return false;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of numbers) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return low > 0 && high / low >= 100;
}

/** Whether half of the values crowd into the first tenth of their range: positive ones, of which few are large. */
export function isSkewed(values: readonly AxisValue[]): boolean {
  const sorted = Float64Array.from(finite(values)).sort();
  const [low, high] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const middle = sorted[sorted.length >> 1] ?? 0;
  return sorted.length > 2 && low > 0 && middle - low < 0.1 * (high - low);
}

/** Steps of a sequence that fills a square evenly (Roberts, 2018): the powers of 1 / 1.32471795724. */
const STEPS = { x: 0.754_877_666_246_693, y: 0.569_840_290_998_053 };

/** A place around 0, from -0.5 to 0.5, always the same for a number; neighbours are spread evenly. */
export function jitter(number: number, along: "x" | "y"): number {
  return ((0.5 + number * STEPS[along]) % 1) - 0.5;
}
