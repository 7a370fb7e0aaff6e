import type { Task } from "~/api/client";

/** More tasks than this are no comparison, and no readable table. */
export const MOST_COMPARED = 50;

/** One parameter of all compared tasks, the base's first. */
export interface ParamRow {
  path: string;
  cells: { text: string; isMissing: boolean; isOther: boolean }[];
  /** Whether any task differs from the base. */
  differs: boolean;
}

const FACTS: [string, (task: Task) => unknown][] = [
  ["script", (task) => task.script],
  ["config", (task) => task.config ?? undefined],
  ["platform", (task) => task.platform],
];

/** Every parameter of the tasks set against the first one's, by path; before them what was run and where. */
export function paramRows(tasks: readonly Task[]): ParamRow[] {
  const paths = [...new Set(tasks.flatMap(({ params }) => Object.keys(params)))].sort((a, b) =>
    a.localeCompare(b, undefined, { numeric: true }),
  );
  return [
    ...FACTS.map(([name, of]) => row(name, tasks.map(of))),
    ...paths.map((path) =>
      row(
        path,
        tasks.map(({ params }) => params[path]),
      ),
    ),
  ];
}

function row(path: string, values: readonly unknown[]): ParamRow {
  const texts = values.map(valueText);
  const cells = texts.map((text) => ({
    text: text ?? "",
    isMissing: text === null,
    isOther: text !== texts[0],
  }));
  return { path, cells, differs: cells.some(({ isOther }) => isOther) };
}

/** A value as YAML would show it; null where there is none. */
function valueText(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** One number of one metric for all compared tasks. */
export interface MetricRow {
  metric: string;
  summary: "last" | "min" | "max";
  values: (number | null)[];
  /** Positions of the lowest and the highest values; empty where all are the same. */
  lowest: Set<number>;
  highest: Set<number>;
}

const SUMMARIES = ["last", "min", "max"] as const;

/** The last, least and greatest value of every metric that is not by class. */
export function metricRows(tasks: readonly Task[]): MetricRow[] {
  const names = new Set(
    tasks.flatMap(({ metrics }) =>
      Object.entries(metrics).flatMap(([name, { is_classwise }]) => (is_classwise ? [] : [name])),
    ),
  );
  return [...names].sort().flatMap((metric) =>
    SUMMARIES.map((summary) => {
      const values = tasks.map(({ metrics }) => metrics[metric]?.[summary] ?? null);
      return { metric, summary, values, ...extremes(values) };
    }),
  );
}

function extremes(values: readonly (number | null)[]): Pick<MetricRow, "lowest" | "highest"> {
  const numbers = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const at = (wanted: number) => new Set(values.flatMap((value, index) => (value === wanted ? [index] : [])));
  if (numbers.length < 2 || low === high) return { lowest: new Set(), highest: new Set() };
  return { lowest: at(low), highest: at(high) };
}

/** The ids with one moved to the front: the base of the comparison. */
export function withBase(ids: readonly number[], base: number): number[] {
  return [base, ...ids.filter((id) => id !== base)];
}
