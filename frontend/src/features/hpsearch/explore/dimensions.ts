import { useMemo } from "react";
import { type AxisValue, type Dimension, type PlacedDimension, placed } from "~/charts/dimension";
import { type Axis, axisValue, objectiveAxisId } from "~/features/hpsearch/axes";
import { useTrialSelection } from "~/features/hpsearch/selection";
import type { TrialRead } from "~/features/hpsearch/types";

/** An axis with the trials' values on it, ready to be placed. */
export function dimensionOf(axis: Axis, trials: readonly TrialRead[], isLog: boolean): Dimension {
  const values = trials.map((trial) => axisValue(trial, axis));
  const missingText = axis.kind === "objective" ? "no value" : "not set";
  const common = { id: axis.id, label: axis.label, values, missingText };
  if (axis.choices)
    return { ...common, kind: "category", categories: axis.choices.filter((choice) => choice !== "null") };
  return {
    ...common,
    kind: isLog ? "log" : "linear",
    domain: axis.range ?? undefined,
    isInteger: areWhole([...values, ...(axis.range ?? [])]),
  };
}

function areWhole(values: readonly AxisValue[]): boolean {
  return values.every((value) => value === null || Number.isInteger(value));
}

export interface Dimensions {
  params: readonly PlacedDimension[];
  objectives: readonly PlacedDimension[];
  /** The one of the chosen objective. */
  result: PlacedDimension | null;
}

/**
 * The search's parameters and objectives with what the trials have of them. Kept while the trials stay. Where
 * trials without a result are not drawn, results have no place for none.
 */
export function useDimensions(
  trials: readonly TrialRead[],
  { areResultless = false }: { areResultless?: boolean } = {},
): Dimensions {
  const { axes, isLog, objective } = useTrialSelection();
  const logs = axes
    .filter(isLog)
    .map(({ id }) => id)
    .join(" ");
  const resultId = objective && objectiveAxisId(objective.index);
  return useMemo(() => {
    const logarithmic = new Set(logs.split(" "));
    const placedOf = (kind: Axis["kind"]) =>
      axes
        .filter((axis) => axis.kind === kind)
        .map((axis) => dimensionOf(axis, trials, logarithmic.has(axis.id)))
        .map((dimension) => placed({ ...dimension, hidesMissing: kind === "objective" && !areResultless }));
    const objectives = placedOf("objective");
    return {
      params: placedOf("param"),
      objectives,
      result: objectives.find(({ id }) => id === resultId) ?? null,
    };
  }, [axes, logs, resultId, trials, areResultless]);
}

/** For each trial whether it is within all brushes. */
export function useKept(trials: readonly TrialRead[]): readonly boolean[] {
  const { selected } = useTrialSelection();
  return useMemo(() => trials.map(({ number }) => selected.has(number)), [trials, selected]);
}
