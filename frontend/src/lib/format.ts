/** What stands where there is no value. */
export const NOTHING = "–";

/** A metric or parameter value in at most 4 significant digits: 0.6723, 12.5, 1.2e-5, 1,024,000. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return NOTHING;
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e7) return scientific(value, 4);
  if (Number.isInteger(value)) return grouped(value);
  if (size >= 10_000) return grouped(Math.round(value));
  return trimmed(value.toPrecision(4));
}

/** Every digit that distinguishes the value, for tooltips and copies. */
export function formatExact(value: number | null | undefined): string {
  return value === null || value === undefined ? NOTHING : String(value);
}

function scientific(value: number, digits: number): string {
  const [mantissa = "", exponent = ""] = value.toExponential(digits - 1).split("e");
  return `${trimmed(mantissa)}e${exponent.replace("+", "")}`;
}

function trimmed(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** An integer with thousands separators: 1,000,000. */
export function formatCount(value: number): string {
  return grouped(Math.round(value));
}

/** "1 task", "1,200 tasks". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** 0.824 → "82%". Rounds down, so that only what is complete shows 100%. */
export function formatPercent(fraction: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, fraction)) * 100 + 1e-9)}%`;
}

const UNITS = ["B", "KB", "MB", "GB", "TB", "PB"] as const;

/** Bytes in powers of 1,000, as file managers show them: 130 MB, 1.3 GB. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 9.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
