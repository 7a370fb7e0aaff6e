import { shortLabels } from "~/charts/parallel";
import type { Axis } from "~/features/hpsearch/axes";
import type { SearchDetail } from "~/features/hpsearch/types";

/** A column of the trial table; its id is that of an axis where there is one, and what it sorts by. */
export interface TrialColumn {
  id: string;
  label: string;
  /** In full: the parameter's path. */
  title: string;
  width: number;
  isNumeric: boolean;
  axis: Axis | null;
}

const PLAIN = [
  ["task", "Task", 170],
  ["state", "State", 132],
  ["reason", "Why", 300],
  ["platform", "Platform", 100],
  ["origin", "Origin", 90],
] as const;
const FACTS: Record<string, string> = { number: "Trial", epochs: "Epochs", duration: "Took", cost: "Cost" };

/** Every column that a search's trials can have, in their order. Cost and platform only where they differ. */
export function trialColumns(
  search: Pick<SearchDetail, "cost" | "platforms">,
  axes: readonly Axis[],
): TrialColumn[] {
  const byKind = (kind: Axis["kind"]) => axes.filter((axis) => axis.kind === kind);
  const short = shortLabels(byKind("param").map(({ label }) => label));
  const plain = new Map(PLAIN.map(([id, label, width]) => [id, plainColumn(id, label, width)]));
  const fact = (id: string) =>
    axes
      .filter((axis) => axis.id === id)
      .map((axis) => numericColumn(axis, FACTS[id] ?? axis.label, id === "number" ? 76 : 86));
  const take = (id: (typeof PLAIN)[number][0]) => plain.get(id) ?? [];
  return [
    ...fact("number"),
    take("state"),
    ...byKind("objective").map((axis) => numericColumn(axis, axis.label)),
    ...byKind("param").map((axis) => ({
      ...numericColumn(axis, short.get(axis.label) ?? axis.label),
      isNumeric: axis.choices === null,
    })),
    ...fact("epochs"),
    ...fact("duration"),
    ...(search.cost === null ? [] : fact("cost")),
    take("reason"),
    ...(search.platforms.length > 1 ? [take("platform")] : []),
    take("task"),
    take("origin"),
  ].flat();
}

function plainColumn(id: string, label: string, width: number): TrialColumn {
  return { id, label, title: label, width, isNumeric: false, axis: null };
}

function numericColumn(axis: Axis, label: string, least = 92): TrialColumn {
  const width = Math.min(190, Math.max(least, Math.round(label.length * 7.8 + 40)));
  return {
    id: axis.id,
    label,
    title: axis.kind === "fact" ? label : axis.label,
    width,
    isNumeric: true,
    axis,
  };
}

/** The columns as CSS grid tracks; the reasons, or else the last column, take what is left. */
export function gridTemplate(columns: readonly TrialColumn[]): string {
  const reason = columns.findIndex(({ id }) => id === "reason");
  const growing = reason >= 0 ? reason : columns.length - 1;
  return columns
    .map(({ width }, at) => (at === growing ? `minmax(${width}px, 1fr)` : `${width}px`))
    .join(" ");
}

export function leastWidth(columns: readonly TrialColumn[]): number {
  return columns.reduce((sum, { width }) => sum + width, 0);
}
