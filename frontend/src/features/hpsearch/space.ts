import { isRecord } from "~/api/patches";
import { formatNumber } from "~/lib/format";

/** One searched parameter in words: "1e-4 … 0.1, logarithmic". */
export interface SpaceRow {
  param: string;
  range: string;
  /** Whether its axis is better drawn logarithmic. */
  isLog: boolean;
}

/** The parameters of a search's space; what cannot be read is shown as it is. */
export function spaceRows(space: Record<string, unknown>): SpaceRow[] {
  const { params } = space;
  if (Array.isArray(params))
    return params.flatMap((entry) => (isRecord(entry) ? [row(entry["path"] ?? entry["param"], entry)] : []));
  return isRecord(params)
    ? Object.entries(params).map(([param, entry]) => row(param, isRecord(entry) ? entry : { values: entry }))
    : [];
}

function row(name: unknown, entry: Record<string, unknown>): SpaceRow {
  const param = String(name);
  const low = entry["lo"] ?? entry["low"];
  const high = entry["hi"] ?? entry["high"];
  const base = entry["exponent_base"];
  if (low === undefined || high === undefined) {
    const { param: _name, path: _path, ...rest } = entry;
    return { param, range: JSON.stringify(rest["values"] ?? rest), isLog: false };
  }
  if (typeof base === "number") return { param, range: powers(base, low, high), isLog: true };
  const isLog = entry["log"] === true;
  return { param, range: `${shown(low)} to ${shown(high)}${isLog ? ", logarithmic" : ""}`, isLog };
}

/** "1e-5 to 0.1 (10^-5 to 10^-1)". */
function powers(base: number, low: unknown, high: unknown): string {
  const exponents = `${base}^${shown(low)} to ${base}^${shown(high)}`;
  if (typeof low !== "number" || typeof high !== "number") return exponents;
  return `${formatNumber(base ** low)} to ${formatNumber(base ** high)} (${exponents})`;
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}
