import type { MetricSeries, MetricSummary } from "~/api/client";
import type { XKind } from "~/charts/axes";
import type { Series } from "~/charts/series";
import { formatCount } from "~/lib/format";
import { type SeriesStyle, seriesStyle, taskStyles } from "~/lib/palette";

/** A task as charts name it. `startedAt` is in Unix seconds; null while it waits. */
export interface ChartedTask {
  id: number;
  name: string;
  startedAt: number | null;
}

/** One chart: a metric, or one class of it where several tasks are compared. */
export interface ChartSpec {
  /** Unique on the page, and in the URL. */
  id: string;
  metric: string;
  /** Null draws every class the metric has. */
  classLabel: string | null;
  isClasswise: boolean;
}

/** A series as the server sends it; the generated client widens its pairs to lists. */
export type AnsweredSeries = Omit<MetricSeries, "points" | "bands"> & {
  points: readonly (readonly (number | null)[])[];
  bands: readonly (readonly number[])[] | null;
};

/** The charts for what the tasks have written, in the order of their names; per class where tasks are compared. */
export function chartSpecs(
  byTask: readonly (readonly MetricSummary[])[],
  shown: readonly string[] = [],
): ChartSpec[] {
  const classes = new Map<string, Set<string>>();
  const plain = new Set<string>();
  for (const metric of byTask.flat()) {
    if (shown.length > 0 && !shown.includes(metric.name)) continue;
    if (!metric.is_classwise) plain.add(metric.name);
    else classes.set(metric.name, new Set([...(classes.get(metric.name) ?? []), ...metric.classes]));
  }
  const spec = (metric: string, classLabel: string | null, isClasswise: boolean): ChartSpec => ({
    id: classLabel !== null ? `${metric} · ${classLabel}` : isClasswise ? `${metric} per class` : metric,
    metric,
    classLabel,
    isClasswise,
  });
  const byClass = [...classes].flatMap(([name, labels]) =>
    byTask.length === 1 ? [spec(name, null, true)] : [...labels].map((label) => spec(name, label, true)),
  );
  return [...[...plain].sort().map((name) => spec(name, null, false)), ...byClass];
}

/** The lines of a chart. Colour follows the task; of a single task's classes, the class. */
export function chartSeries(
  spec: ChartSpec,
  answer: readonly AnsweredSeries[],
  tasks: readonly ChartedTask[],
  xKind: XKind,
): Series[] {
  const mine = answer.filter(
    (series) =>
      series.name === spec.metric &&
      (series.class_label !== null) === spec.isClasswise &&
      (spec.classLabel === null || series.class_label === spec.classLabel),
  );
  const isOne = tasks.length === 1;
  const styles = taskStyles(tasks.map(({ id }) => id));
  return mine
    .filter(({ points }) => points.length > 0)
    .map((series, index) => {
      const task = tasks.find(({ id }) => id === series.task_id);
      const isClass = isOne && series.class_label !== null;
      const style: SeriesStyle = isClass
        ? seriesStyle(index)
        : (styles.get(series.task_id) ?? seriesStyle(index));
      const origin = xKind === "elapsed" ? (task?.startedAt ?? series.points[0]?.[0] ?? 0) : 0;
      return {
        id: isOne ? (series.class_label ?? series.name) : `#${series.task_id}`,
        label: isOne ? (series.class_label ?? series.name) : `${task?.name ?? "task"} #${series.task_id}`,
        ...style,
        points: series.points.map(([x, y]) => [(x ?? 0) - origin, y ?? null] as const),
        bands: series.bands?.map(([x = 0, low = 0, high = 0]) => [x - origin, low, high] as const),
      };
    });
}

/** "300 of 12,480 points" where the server thinned them out. */
export function thinning(spec: ChartSpec, answer: readonly AnsweredSeries[]): string | null {
  const mine = answer.filter(
    ({ name, class_label }) =>
      name === spec.metric && (spec.classLabel === null || class_label === spec.classLabel),
  );
  if (!mine.some((series) => series.is_downsampled)) return null;
  const drawn = mine.reduce((sum, { points }) => sum + points.length, 0);
  const all = mine.reduce((sum, { count }) => sum + count, 0);
  return `${formatCount(drawn)} of ${formatCount(all)} points`;
}

/** What could not be read or drawn of one metric of one task. */
export interface Trouble {
  taskId: number;
  badLines: number;
  samples: { line: number; text: string }[];
  nonFinite: number;
}

/** The troubles of a chart's metric, of the tasks that have any. `summaries` stand in the order of `tasks`. */
export function troubles(
  spec: ChartSpec,
  summaries: readonly (readonly MetricSummary[])[],
  tasks: readonly ChartedTask[],
): Trouble[] {
  return tasks.flatMap(({ id }, index) =>
    (summaries[index] ?? [])
      .filter((metric) => metric.name === spec.metric && metric.is_classwise === spec.isClasswise)
      .filter((metric) => metric.bad_lines > 0 || metric.non_finite > 0)
      .map((metric) => ({
        taskId: id,
        badLines: metric.bad_lines,
        samples: metric.bad_samples,
        nonFinite: metric.non_finite,
      })),
  );
}
