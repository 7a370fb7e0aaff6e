/** A part of an axis, as shares of its length, the lower end first. */
export type Span = readonly [number, number];

/** What a drag along an axis does: it draws a new brush, moves the present one, or one of its ends. */
export interface Gesture {
  kind: "new" | "move" | "low" | "high";
  from: number;
  span: Span;
}

/** The gesture that begins at a share; `reach` is how near to an end of the brush takes that end. */
export function begun(at: number, brush: Span | null, reach: number): Gesture {
  if (!brush) return { kind: "new", from: at, span: [at, at] };
  const [low, high] = brush;
  const nearest = Math.abs(at - high) <= Math.abs(at - low) ? "high" : "low";
  const distance = Math.min(Math.abs(at - high), Math.abs(at - low));
  // The inside of a small brush moves it; its ends are taken from outside.
  const inner = Math.min(reach, (high - low) / 4);
  const isInside = at >= low && at <= high;
  if (distance <= (isInside ? inner : reach)) return { kind: nearest, from: at, span: brush };
  return isInside ? { kind: "move", from: at, span: brush } : { kind: "new", from: at, span: [at, at] };
}

/** The brush while the pointer is at a share. Ends that pass each other change places. */
export function dragged({ kind, from, span: [low, high] }: Gesture, at: number): Span {
  const to = clamped(at);
  if (kind === "new") return ordered(from, to);
  if (kind === "low") return ordered(to, high);
  if (kind === "high") return ordered(low, to);
  return shifted([low, high], at - from);
}

/** The brush moved along the axis, stopped at its ends. */
export function shifted([low, high]: Span, by: number): Span {
  const shift = Math.min(1 - high, Math.max(-low, by));
  return [low + shift, high + shift];
}

/** What a key does to the brush: null takes it away, undefined leaves it. */
export function keyed(
  brush: Span | null,
  key: string,
  isShifted: boolean,
  step: number,
): Span | null | undefined {
  if (key === "Escape" || key === "Delete" || key === "Backspace") return brush ? null : undefined;
  const [low, high] = brush ?? [0, 1];
  if (key === "PageUp" || key === "PageDown") return shifted([low, high], key === "PageUp" ? step : -step);
  const by = { ArrowUp: step, ArrowDown: -step }[key];
  if (by === undefined) return undefined;
  return isShifted ? [low, Math.max(low, clamped(high + by))] : [Math.min(high, clamped(low + by)), high];
}

export function clamped(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function ordered(a: number, b: number): Span {
  return a <= b ? [a, b] : [b, a];
}
