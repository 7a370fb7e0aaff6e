import { isRecord } from "~/api/patches";

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
    return params.flatMap((entry) => (isRecord(entry) ? [row(entry["param"], entry)] : []));
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
    const { param: _name, ...rest } = entry;
    return { param, range: JSON.stringify(rest["values"] ?? rest), isLog: false };
  }
  if (typeof base === "number")
    return { param, range: `${base}^x, x from ${shown(low)} to ${shown(high)}`, isLog: true };
  const isLog = entry["log"] === true;
  return { param, range: `${shown(low)} to ${shown(high)}${isLog ? ", logarithmic" : ""}`, isLog };
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}
