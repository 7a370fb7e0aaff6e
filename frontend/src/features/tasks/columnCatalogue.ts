import type { FittingColumn } from "./columnState";

/** A column that the table can show. */
export interface ColumnSpec {
  id: string;
  /** In the header. */
  label: string;
  /** In the column menu, where the label alone would be unclear. */
  longLabel?: string;
  /** Pixels. */
  width: number;
  /** Share of the room that is left; none keeps the width. */
  grow?: number;
  isNumeric?: boolean;
  /** What the server sorts by; none where it cannot. */
  sortKey?: string;
}

const text = (id: string, label: string, width: number, more: Partial<ColumnSpec> = {}): ColumnSpec => ({
  id,
  label,
  width,
  sortKey: id,
  ...more,
});
const numeric = (id: string, label: string, width: number, more: Partial<ColumnSpec> = {}): ColumnSpec =>
  text(id, label, width, { isNumeric: true, ...more });

/** What every task has. Parameters and metrics come from the server's catalogue. */
export const FIXED_COLUMNS: readonly ColumnSpec[] = [
  text("id", "ID", 60),
  text("name", "Name", 180, { grow: 5 }),
  text("status", "Status", 132),
  text("progress", "Progress", 150, { grow: 3 }),
  numeric("eta", "ETA", 76, { longLabel: "ETA (time left in total)" }),
  numeric("epoch_eta", "Epoch left", 88, { longLabel: "Time left in the epoch", sortKey: undefined }),
  text("phase", "Phase", 160, { longLabel: "Phase and iteration", sortKey: undefined }),
  text("platform", "Platform", 96),
  text("host", "Host", 110),
  text("project", "Project", 110),
  text("tags", "Tags", 140, { sortKey: undefined }),
  numeric("created_at", "Age", 58, { longLabel: "Age (since it was created)" }),
  numeric("duration", "Elapsed", 84, { longLabel: "Elapsed (how long it ran)" }),
  numeric("started_at", "Started", 140),
  numeric("ended_at", "Ended", 140),
  numeric("last_seen_at", "Last seen", 86),
  text("script", "Script", 140),
  text("config", "Config", 160),
  numeric("search_id", "Search", 76),
  text("job_id", "Job", 90),
  numeric("num_attempts", "Attempts", 84, { sortKey: undefined }),
  numeric("exit_code", "Exit code", 90),
  text("signal", "Signal", 86),
  text("reason", "Reason", 260),
  text("notes", "Notes", 220),
  numeric("cloned_from", "Cloned from", 100, { sortKey: undefined }),
  text("output_path", "Output path", 260, { sortKey: undefined }),
];

const BY_ID = new Map(FIXED_COLUMNS.map((spec) => [spec.id, spec]));

export const METRIC_VALUES = ["last", "min", "max"] as const;
export type MetricValue = (typeof METRIC_VALUES)[number];

/** "metrics.val.loss.min" → the metric "val.loss" and its least value. */
export function metricOf(id: string): { name: string; value: MetricValue } | null {
  if (!id.startsWith("metrics.")) return null;
  const dot = id.lastIndexOf(".");
  const value = METRIC_VALUES.find((one) => one === id.slice(dot + 1));
  const name = id.slice("metrics.".length, dot);
  return value && name ? { name, value } : null;
}

/** "params.training.lr" → "training.lr" */
export function paramOf(id: string): string | null {
  return id.startsWith("params.") && id.length > "params.".length ? id.slice("params.".length) : null;
}

/** The column of an id; null for one that means nothing, such as in an edited link. */
export function columnSpec(id: string): ColumnSpec | null {
  const fixed = BY_ID.get(id);
  if (fixed) return fixed;
  const metric = metricOf(id);
  if (metric) {
    const label = metric.value === "last" ? metric.name : `${metric.value} ${metric.name}`;
    return numeric(id, label, 92, { longLabel: `${metric.name}, ${metric.value}` });
  }
  const param = paramOf(id);
  if (param === null) return null;
  return numeric(id, param.split(".").at(-1) ?? param, 100, { longLabel: param });
}

/** The columns before anyone chose, and which of them give way first. `metric` is the commonest there is. */
export function defaultColumns(metric: string | null): FittingColumn[] {
  return [
    { id: "id", least: 60, rank: 0 },
    { id: "name", least: 150, rank: 0 },
    { id: "status", least: 132, rank: 0 },
    { id: "platform", least: 96, rank: 5 },
    { id: "progress", least: 150, rank: 1 },
    { id: "eta", least: 76, rank: 2 },
    ...(metric === null ? [] : [{ id: `metrics.${metric}.last`, least: 92, rank: 3 }]),
    { id: "duration", least: 84, rank: 6 },
    { id: "created_at", least: 58, rank: 4 },
  ];
}
