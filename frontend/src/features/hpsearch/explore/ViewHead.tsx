import { Button, Select } from "@mantine/core";
import type { ReactNode } from "react";
import type { PlacedDimension } from "~/charts/dimension";
import type { Rating } from "~/charts/parallel";
import { useSearchState, useTrialSelection } from "~/features/hpsearch/selection";
import type { SearchDetail } from "~/features/hpsearch/types";
import { formatCount } from "~/lib/format";
import classes from "./explore.module.css";

interface ViewHeadProps {
  title: string;
  /** How many trials there are. */
  count: number;
  children?: ReactNode;
}

/** A view's name, what it is set to, and how much of it is brushed. */
export function ViewHead({ title, count, children }: ViewHeadProps) {
  const { isBrushed, selected, clear } = useTrialSelection();
  return (
    <header className={classes.head}>
      <h2 className={classes.title}>{title}</h2>
      {children}
      <span className={classes.spacer} />
      {isBrushed && (
        <>
          <span className="numeric dim">
            {formatCount(selected.size)} of {formatCount(count)} trials
          </span>
          <Button size="compact-xs" variant="default" onClick={clear}>
            Show all
          </Button>
        </>
      )}
    </header>
  );
}

/** Which objective values and colours are of; nothing where there is no choice. */
export function ObjectiveChoice({ search }: { search: Pick<SearchDetail, "objectives"> }) {
  const { objective } = useTrialSelection();
  const [, change] = useSearchState();
  if (search.objectives.length < 2) return null;
  return (
    <Select
      size="xs"
      w={180}
      aria-label="Objective"
      data={search.objectives.map(({ metric }, index) => ({ value: String(index), label: metric }))}
      value={String(objective?.index ?? 0)}
      allowDeselect={false}
      onChange={(index) => change({ objective: Number(index) || undefined })}
    />
  );
}

/** What pale and strong colours mean. */
export function RampLegend({ from, to }: { from: string; to: string }) {
  return (
    <span className={classes.legend}>
      {from}
      <span className={classes.ramp} aria-hidden />
      {to}
    </span>
  );
}

/** The colours of a rating in the result's values. */
export function RatingLegend({ result, rating }: { result: PlacedDimension; rating: Rating }) {
  if (Number.isNaN(rating.best)) return null;
  return (
    <RampLegend
      from={`${result.label} ${result.textAt(rating.worst)}`}
      to={`${result.textAt(rating.best)} best`}
    />
  );
}

/** Switches an axis of numbers between linear and logarithmic, in every view. */
export function LogToggle({ id, isNamed = false }: { id: string; isNamed?: boolean }) {
  const { axes, isLog, setLog } = useTrialSelection();
  const axis = axes.find((one) => one.id === id);
  if (!axis || axis.choices || (axis.range && axis.range[0] <= 0)) return null;
  const isOn = isLog(axis);
  return (
    <button
      type="button"
      className={classes.toggle}
      aria-pressed={isOn}
      aria-label={`log ${axis.label}`}
      title={`${axis.label} on a logarithmic axis`}
      onClick={() => setLog(axis, !isOn)}
    >
      {isNamed ? `log ${axis.label}` : "log"}
    </button>
  );
}
