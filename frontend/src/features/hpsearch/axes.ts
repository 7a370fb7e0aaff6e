import { isRecord } from "~/api/patches";
import { isSkewed, isWide } from "~/charts/dimension";
import type { SearchDetail, TrialRead } from "./types";

/** Where a trial stands on an axis; null where it has no value there. */
export type AxisValue = number | string | null;

/** Something that every trial has a value of: a parameter, an objective, or how long it took. */
export interface Axis {
  /** "params.training.lr", "objectives.0", "number", "epochs", "duration". */
  id: string;
  label: string;
  kind: "param" | "objective" | "fact";
  /** Whether it begins logarithmic. */
  isLog: boolean;
  /** The candidates in their order, of a parameter that has some; they are drawn at equal distances. */
  choices: readonly string[] | null;
  /** The range that was searched, of a parameter that has one. */
  range: readonly [number, number] | null;
}

export const paramAxisId = (path: string) => `params.${path}`;
export const objectiveAxisId = (index: number) => `objectives.${index}`;

/** One axis per parameter of the search, in the order of its config. */
export function paramAxes(search: Pick<SearchDetail, "spec">): Axis[] {
  const { params } = search.spec;
  if (!Array.isArray(params)) return [];
  return params.filter(isRecord).flatMap((entry) => paramAxesOf(entry));
}

/** A zipped parameter has an axis for each path that it sets. */
function paramAxesOf(entry: Record<string, unknown>): Axis[] {
  const paths = Array.isArray(entry["paths"]) && entry["paths"].length > 0 ? entry["paths"] : [entry["path"]];
  return paths.map(
    (path, at): Axis => ({
      id: paramAxisId(String(path)),
      label: String(path),
      kind: "param",
      isLog: entry["log"] === true || entry["distribution"] === "lognormal" || baseOf(entry) !== null,
      choices: choicesOf(entry, paths.length > 1 ? at : null),
      range: rangeOf(entry),
    }),
  );
}

function choicesOf(entry: Record<string, unknown>, column: number | null): string[] | null {
  const { type, values } = entry;
  if ((type !== "categorical" && type !== "ordinal") || !Array.isArray(values)) return null;
  const own =
    column === null ? values : values.map((row: unknown) => (Array.isArray(row) ? row[column] : row));
  return [...new Set(own.map(choiceText))];
}

function rangeOf(entry: Record<string, unknown>): [number, number] | null {
  const { low, high } = entry;
  if (typeof low !== "number" || typeof high !== "number") return null;
  const base = baseOf(entry);
  return base === null ? [low, high] : [base ** low, base ** high];
}

/** Searches of earlier versions have exponents as their range. */
function baseOf(entry: Record<string, unknown>): number | null {
  const base = entry["exponent_base"];
  return typeof base === "number" ? base : null;
}

/** One axis per objective. */
export function objectiveAxes(search: Pick<SearchDetail, "objectives">): Axis[] {
  return search.objectives.map(
    ({ metric }, index): Axis => ({
      id: objectiveAxisId(index),
      label: metric,
      kind: "objective",
      isLog: false,
      choices: null,
      range: null,
    }),
  );
}

/** Axes that every search has. */
export const FACT_AXES: readonly Axis[] = (
  [
    ["number", "trial"],
    ["epochs", "epochs"],
    ["duration", "seconds"],
    ["cost", "cost"],
  ] as const
).map(([id, label]) => ({ id, label, kind: "fact", isLog: false, choices: null, range: null }));

/** All axes of a search: its parameters, its objectives, the facts. */
export function allAxes(search: Pick<SearchDetail, "spec" | "objectives">): Axis[] {
  return [...paramAxes(search), ...objectiveAxes(search), ...FACT_AXES];
}

/** The axes, logarithmic those of objectives whose values are far apart: a diverged trial then hides nothing. */
export function withWideScales(axes: readonly Axis[], trials: readonly TrialRead[]): readonly Axis[] {
  return axes.map((axis) => {
    if (axis.kind !== "objective") return axis;
    const values = trials.map((trial) => axisValue(trial, axis));
    return { ...axis, isLog: isWide(values) || isSkewed(values) };
  });
}

/**
 * A trial's value on an axis by the axis' id. Parameters with candidates give them as text, so that 16 and "16" have
 * one place on their axis; lists and mappings give JSON.
 */
export function axisValue(trial: TrialRead, { id, choices }: Pick<Axis, "id" | "choices">): AxisValue {
  if (id.startsWith("params.")) return paramValue(trial.params[id.slice(7)], choices !== null);
  if (id.startsWith("objectives.")) return trial.objectives?.[Number(id.slice(11))] ?? null;
  if (id === "number") return trial.number;
  if (id === "epochs") return trial.epochs;
  if (id === "cost") return trial.cost;
  if (id === "duration") return secondsOf(trial);
  return null;
}

function paramValue(value: unknown, isChoice: boolean): AxisValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "number" && !isChoice) return value;
  return choiceText(value);
}

/** A candidate as text: "adam", "16", "true", "[1,2]". */
export function choiceText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** How long an ended trial took; null for others. */
export function secondsOf({ started_at, ended_at }: TrialRead): number | null {
  if (started_at === null || ended_at === null) return null;
  return Math.max(0, (Date.parse(ended_at) - Date.parse(started_at)) / 1000);
}
