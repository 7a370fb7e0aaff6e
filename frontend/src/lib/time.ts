import { NOTHING } from "./format";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Seconds as people say them: "4.2s", "53s", "8m", "4h 06m", "3d 04h". */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return NOTHING;
  const total = Math.max(0, seconds);
  if (total < 9.95) return `${total.toFixed(total < 0.05 ? 0 : 1).replace(/\.0$/, "")}s`;
  const whole = Math.round(total);
  if (whole < MINUTE) return `${whole}s`;
  if (whole < 10 * MINUTE) return `${Math.floor(whole / MINUTE)}m ${pad(whole % MINUTE)}s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}m`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)}h ${pad(Math.floor((whole % HOUR) / MINUTE))}m`;
  return `${Math.floor(whole / DAY)}d ${pad(Math.floor((whole % DAY) / HOUR))}h`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

/** An API time ("2026-11-24T06:08:12Z") as milliseconds since 1970; null for none or nonsense. */
export function parseTime(text: string | null | undefined): number | null {
  if (!text) return null;
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? null : milliseconds;
}

/** How long ago, in one unit: "now", "39m", "4h", "12d". */
export function formatAge(text: string | null | undefined, now: number): string {
  const then = parseTime(text);
  if (then === null) return NOTHING;
  const seconds = Math.max(0, (now - then) / 1000);
  if (seconds < 10) return "now";
  if (seconds < MINUTE) return `${Math.floor(seconds)}s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}m`;
  if (seconds < 2 * DAY) return `${Math.floor(seconds / HOUR)}h`;
  return `${Math.floor(seconds / DAY)}d`;
}

/** Seconds between two API times; an open end counts until `now`. */
export function elapsedSeconds(
  start: string | null | undefined,
  end: string | null | undefined,
  now: number,
): number | null {
  const from = parseTime(start);
  if (from === null) return null;
  return Math.max(0, ((parseTime(end) ?? now) - from) / 1000);
}

/** "2026-11-24 07:08:12" in the reader's own time zone. */
export function formatTime(text: string | null | undefined): string {
  const milliseconds = parseTime(text);
  return milliseconds === null ? NOTHING : formatClock(milliseconds);
}

export function formatClock(milliseconds: number): string {
  const at = new Date(milliseconds);
  const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return `${day} ${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
}

/** When something that takes `seconds` more will end: "17:40", or "Wed 17:40" when not today. */
export function formatEta(seconds: number | null | undefined, now: number): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return NOTHING;
  const end = new Date(now + seconds * 1000);
  const clock = `${pad(end.getHours())}:${pad(end.getMinutes())}`;
  if (end.toDateString() === new Date(now).toDateString()) return clock;
  const weekday = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][end.getDay()] ?? "";
  return seconds < 6 * DAY
    ? `${weekday} ${clock}`
    : `${end.getFullYear()}-${pad(end.getMonth() + 1)}-${pad(end.getDate())}`;
}
