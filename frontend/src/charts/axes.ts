import { formatNumber } from "~/lib/format";
import { linearScale, logScale, runningScale, type Scale } from "~/lib/ticks";
import { formatClock, formatDuration } from "~/lib/time";
import { clockLabel, elapsedLabel, timeScale } from "~/lib/timeTicks";
import type { ScaleKind } from "./series";

/** What x counts: epochs, Unix seconds, or seconds since each task's start. */
export type XKind = "epoch" | "time" | "elapsed";
export type Range = readonly [number, number];

/** Seconds by which local time is ahead of UTC at a Unix time. */
function localOffset(seconds: number): number {
  return -new Date(seconds * 1000).getTimezoneOffset() * 60;
}

/** The x axis: exactly the zoom, or the data rounded out a little so that it rarely moves while points arrive. */
export function xScale(kind: XKind, extent: Range, zoom: Range | null, count: number): Scale {
  const [low, high] = zoom ?? extent;
  const rounded =
    kind === "epoch"
      ? runningScale(low, high, count, Number.isInteger(low) && Number.isInteger(high) ? 1 : 0)
      : timeScale(low, high, count, kind === "time" ? localOffset(low) : 0);
  if (!zoom) return rounded;
  return { domain: [low, high], ticks: rounded.ticks.filter((tick) => tick >= low && tick <= high) };
}

export function yScaleOf(kind: ScaleKind, extent: Range, count: number): Scale {
  return kind === "log" ? logScale(extent[0], extent[1], count) : linearScale(extent[0], extent[1], count);
}

/** An axis label. */
export function xTick(kind: XKind, value: number, span: number): string {
  if (kind === "epoch") return formatNumber(value);
  return kind === "time" ? clockLabel(value, span) : elapsedLabel(value);
}

/** Where the cursor is, in full. */
export function xText(kind: XKind, value: number): string {
  if (kind === "epoch") return `epoch ${formatNumber(value)}`;
  return kind === "time" ? formatClock(value * 1000) : `after ${formatDuration(value)}`;
}
