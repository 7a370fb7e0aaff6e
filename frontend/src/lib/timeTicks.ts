import type { Scale } from "./ticks";
import { niceStep, steps } from "./ticks";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const NATURAL_STEPS = [
  1,
  2,
  5,
  10,
  15,
  30,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
];

/** The smallest step that people use on clocks and calendars with at most `count` steps over `span` seconds. */
export function timeStep(span: number, count: number): number {
  const rough = span / Math.max(1, count);
  if (rough <= 1) return niceStep(span, count);
  return NATURAL_STEPS.find((step) => step >= rough) ?? Math.ceil(rough / (30 * DAY)) * 30 * DAY;
}

/**
 * An axis of seconds: since a start (`offset` 0), or Unix time with `offset` the seconds by which local time is
 * ahead of UTC, so that ticks fall on local midnights.
 */
export function timeScale(low: number, high: number, count = 5, offset = 0): Scale {
  const to = low < high ? high : low + 1;
  const step = timeStep(to - low, count);
  const quarter = step / 4;
  const end = Math.ceil((to + offset) / quarter - 1e-9) * quarter - offset;
  return { domain: [low, end], ticks: steps(low + offset, end + offset, step).map((tick) => tick - offset) };
}

/** Seconds since a start as a short label: "0", "90s", "15m", "2h", "1h 30m", "3d". */
export function elapsedLabel(seconds: number): string {
  if (seconds === 0) return "0";
  if (seconds < 0) return `−${elapsedLabel(-seconds)}`;
  if (seconds < 2 * MINUTE && seconds % MINUTE !== 0) return `${Number(seconds.toPrecision(4))}s`;
  const days = Math.floor(seconds / DAY);
  const hours = Math.floor((seconds % DAY) / HOUR);
  const minutes = Math.floor((seconds % HOUR) / MINUTE);
  const rest = Math.round(seconds % MINUTE);
  const parts = [
    [days, "d"],
    [hours, "h"],
    [minutes, "m"],
    [rest, "s"],
  ] as const;
  const words = parts.filter(([value]) => value > 0).map(([value, unit]) => `${value}${unit}`);
  return words.slice(0, 2).join(" ");
}

/** A Unix time as a short label in local time; the shorter the axis, the finer. */
export function clockLabel(seconds: number, span: number): string {
  const at = new Date(seconds * 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (span < 10 * MINUTE) return `${clock}:${two(at.getSeconds())}`;
  const isMidnight = at.getHours() === 0 && at.getMinutes() === 0;
  return span < 2 * DAY && !isMidnight ? clock : `${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
