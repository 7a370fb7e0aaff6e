import { Select } from "@mantine/core";
import type { PlacedDimension } from "~/charts/dimension";
import classes from "./explore.module.css";
import { LogToggle } from "./ViewHead";

interface AxisChoiceProps {
  label: string;
  axes: readonly PlacedDimension[];
  value: PlacedDimension;
  /** The other axis of the plot, which cannot be the same. */
  other: PlacedDimension;
  onChange: (id: string) => void;
}

/** Which dimension an axis of a plot shows, and whether by orders of magnitude. */
export function AxisChoice({ label, axes, value, other, onChange }: AxisChoiceProps) {
  return (
    <span className={classes.axisChoice}>
      <Select
        size="xs"
        w={200}
        aria-label={label}
        data={axes.filter(({ id }) => id !== other.id).map((axis) => ({ value: axis.id, label: axis.label }))}
        value={value.id}
        allowDeselect={false}
        onChange={(id) => id && onChange(id)}
      />
      <LogToggle id={value.id} />
    </span>
  );
}

/**
 * The two axes that the URL asks for, where there are such; else the first ones, numbers before
 * names, and what all trials have before what some have.
 */
export function chosenAxes(
  given: readonly PlacedDimension[],
  across: string | undefined,
  up: string | undefined,
): [PlacedDimension, PlacedDimension] | null {
  const axes = given.toSorted((a, b) => oddness(a) - oddness(b));
  const y = axes.find(({ id }) => id === up && id !== across);
  const x = axes.find(({ id }) => id === across) ?? axes.find(({ id }) => id !== y?.id);
  const other = y ?? axes.find(({ id }) => id !== x?.id);
  return x && other ? [x, other] : null;
}

function oddness({ categories, start }: PlacedDimension): number {
  return (categories === null ? 0 : 2) + (start === 0 ? 0 : 1);
}
