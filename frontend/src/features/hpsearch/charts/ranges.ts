import type { Range } from "~/charts/axes";

/** A shown part of an axis from the URL, "3..27"; null for all of it. */
export function parseRange(text: string | undefined): Range | null {
  const [from, to] = (text ?? "").split("..").map(Number);
  if (from === undefined || to === undefined || !Number.isFinite(from) || !Number.isFinite(to)) return null;
  return from < to ? [from, to] : null;
}

/** The reverse of {@link parseRange}, to a second or an eight-digit number. */
export function rangeText(range: Range | null): string | undefined {
  return range ? range.map(short).join("..") : undefined;
}

function short(value: number): number {
  return Math.abs(value) >= 1e6 ? Math.round(value) : Number(value.toPrecision(8));
}
