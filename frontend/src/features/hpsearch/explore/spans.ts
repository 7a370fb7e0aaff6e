import type { Span } from "~/charts/brushGesture";
import type { PlacedDimension } from "~/charts/dimension";
import { type Brush, NO_VALUE } from "~/features/hpsearch/brushes";

/** How near to an end of an axis is at the end, as a share. */
const AT_END = 0.004;

/** What a part of an axis keeps; null where nothing can be. An end of the axis is no limit, for values to come. */
export function brushOf(axis: PlacedDimension, [low, high]: Span): Brush | null {
  const isMissingIn = axis.start > 0 && low < axis.start / 2;
  if (axis.categories) return choicesIn(axis, axis.categories, [low, high], isMissingIn);
  if (axis.start > 0 && high < axis.start - AT_END) return missingOnly(isMissingIn);
  return {
    kind: "range",
    low: low <= axis.start + AT_END ? Number.NEGATIVE_INFINITY : numberAt(axis, low),
    high: high >= 1 - AT_END ? Number.POSITIVE_INFINITY : numberAt(axis, high),
  };
}

function numberAt(axis: PlacedDimension, share: number): number {
  const value = axis.valueAt(share);
  return typeof value === "number" ? value : Number.NaN;
}

function missingOnly(isIn: boolean): Brush | null {
  return isIn ? { kind: "choices", choices: [NO_VALUE] } : null;
}

function choicesIn(
  axis: PlacedDimension,
  categories: readonly string[],
  [low, high]: Span,
  isMissingIn: boolean,
): Brush | null {
  const inside = categories.filter((name) => {
    const place = axis.placeOf(name);
    return place >= low && place <= high;
  });
  // A short drag beside a name means that name.
  const near =
    high >= axis.start && inside.length === 0 ? [String(axis.valueAt((low + high) / 2) ?? "")] : inside;
  const choices = [...(isMissingIn ? [NO_VALUE] : []), ...near.filter((name) => name !== "")];
  return choices.length > 0 ? { kind: "choices", choices } : null;
}

/** The part of an axis that a brush keeps. Choices that do not lie side by side have one part around all. */
export function spanOf(axis: PlacedDimension, brush: Brush): Span | null {
  return brush.kind === "range" ? rangeSpan(axis, brush.low, brush.high) : choicesSpan(axis, brush.choices);
}

function rangeSpan(axis: PlacedDimension, low: number, high: number): Span | null {
  if (axis.categories) return null;
  const from = low === Number.NEGATIVE_INFINITY ? axis.start : inside(axis, axis.placeOf(low));
  const to = high === Number.POSITIVE_INFINITY ? 1 : inside(axis, axis.placeOf(high));
  return [Math.min(from, to), to];
}

function inside({ start }: PlacedDimension, place: number): number {
  return Number.isNaN(place) ? start : Math.min(1, Math.max(start, place));
}

function choicesSpan(axis: PlacedDimension, choices: readonly string[]): Span | null {
  const names = axis.categories ?? [];
  const half = (1 - axis.start) / Math.max(1, names.length) / 2;
  const places = choices
    .filter((choice) => names.includes(choice))
    .map((choice) => axis.placeOf(choice))
    .flatMap((place) => [place - 0.8 * half, place + 0.8 * half]);
  if (choices.includes(NO_VALUE) && axis.start > 0) places.push(0, axis.start * 0.4);
  return places.length > 0 ? [Math.max(0, Math.min(...places)), Math.min(1, Math.max(...places))] : null;
}
