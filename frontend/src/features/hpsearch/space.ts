import { isRecord } from "~/api/patches";
import { formatNumber } from "~/lib/format";
import { choiceText } from "./axes";

/** A searched parameter in words: "1e-5 to 0.1, logarithmic". */
export interface SpaceRow {
  path: string;
  words: string;
}

/** The parameters of a search, from its normal form. */
export function spaceRows(spec: Readonly<Record<string, unknown>>): SpaceRow[] {
  const { params } = spec;
  return Array.isArray(params) ? params.filter(isRecord).map(rowOf) : [];
}

function rowOf(entry: Record<string, unknown>): SpaceRow {
  const paths = Array.isArray(entry["paths"]) && entry["paths"].length > 0 ? entry["paths"] : [entry["path"]];
  const words = [whatOf(entry), ...howOf(entry), ...whenOf(entry)].join(", ");
  return { path: paths.map(String).join(" and "), words };
}

function whatOf(entry: Record<string, unknown>): string {
  const { low, high, values, same_as } = entry;
  if (typeof same_as === "string") return `the same as ${same_as}`;
  if (Array.isArray(values) && values.length > 0)
    return values
      .map((value) => (Array.isArray(value) ? JSON.stringify(value) : choiceText(value)))
      .join(", ");
  if (typeof low !== "number" || typeof high !== "number") return normalOf(entry);
  const base = entry["exponent_base"];
  if (typeof base === "number")
    return `${formatNumber(base ** low)} to ${formatNumber(base ** high)}, logarithmic`;
  const range = `${formatNumber(low)} to ${formatNumber(high)}`;
  return entry["distribution"] === "normal" || entry["distribution"] === "lognormal"
    ? `${normalOf(entry)}, from ${range}`
    : range;
}

function normalOf({ distribution, mean, std }: Record<string, unknown>): string {
  const name = distribution === "lognormal" ? "log-normal" : "normal";
  return `${name} with mean ${String(mean)} and deviation ${String(std)}`;
}

function howOf({ type, log, step, count, probabilities }: Record<string, unknown>): string[] {
  return [
    ...(log === true ? ["logarithmic"] : []),
    ...(type === "int" ? ["whole numbers"] : []),
    ...(type === "ordinal" ? ["in this order"] : []),
    ...(typeof step === "number" ? [`in steps of ${formatNumber(step)}`] : []),
    ...(typeof count === "number" ? [`${count} points`] : []),
    ...(Array.isArray(probabilities) ? [`with probabilities ${probabilities.join(", ")}`] : []),
  ];
}

function whenOf({ when }: Record<string, unknown>): string[] {
  if (!Array.isArray(when) || when.length === 0) return [];
  return [`while ${when.filter(isRecord).map(conditionOf).join(" and ")}`];
}

function conditionOf({ path, values, low, high }: Record<string, unknown>): string {
  if (Array.isArray(values)) return `${String(path)} is ${values.map(choiceText).join(" or ")}`;
  if (typeof low === "number" && typeof high === "number") return `${String(path)} is ${low} to ${high}`;
  return typeof low === "number"
    ? `${String(path)} is ${low} or more`
    : `${String(path)} is ${String(high)} or less`;
}
