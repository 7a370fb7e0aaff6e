import { useEffect, useMemo, useRef } from "react";
import type { PlacedDimension } from "~/charts/dimension";
import { shortLabels } from "~/charts/parallel";
import { useSearchState } from "~/features/hpsearch/selection";
import type { SearchViewProps } from "~/features/hpsearch/types";
import { Empty } from "~/ui/Empty";
import { ageShades, cloudOf, weightsOf } from "./clouds";
import { useDimensions, useKept } from "./dimensions";
import classes from "./explore.module.css";
import { NoObjective } from "./NoObjective";
import { ShapeLegend } from "./ShapeLegend";
import { TrialCloud } from "./TrialCloud";
import { LogToggle, ObjectiveChoice, RampLegend, ViewHead } from "./ViewHead";

/** The result over each parameter by itself. */
export function SlicesView({ search, trials }: SearchViewProps) {
  const { params, result } = useDimensions(trials);
  const [{ across }] = useSearchState();
  const labels = useMemo(() => shortLabels(params.map(({ label }) => label)), [params]);
  if (!result) return <NoObjective />;
  if (params.length === 0 || trials.length === 0)
    return <Empty title="Nothing to draw yet">The trials are points here as soon as they have values.</Empty>;
  return (
    <section className={`card ${classes.view}`} aria-label="Slices">
      <ViewHead title={`${result.label} by parameter`} count={trials.length}>
        <ObjectiveChoice search={search} />
        <LogToggle id={result.id} isNamed />
        <RampLegend from="first trial" to="newest" />
        <ShapeLegend trials={trials} />
      </ViewHead>
      <ul className={classes.slices}>
        {params.map((axis) => (
          <Slice
            key={axis.id}
            search={search}
            trials={trials}
            axis={axis}
            result={result}
            name={labels.get(axis.label) ?? axis.label}
            isFocused={axis.id === across}
          />
        ))}
      </ul>
    </section>
  );
}

interface SliceProps extends SearchViewProps {
  axis: PlacedDimension;
  result: PlacedDimension;
  name: string;
  isFocused: boolean;
}

function Slice({ search, trials, axis, result, name, isFocused }: SliceProps) {
  const isKept = useKept(trials);
  const root = useRef<HTMLLIElement>(null);
  const cloud = useMemo(
    () =>
      cloudOf(
        trials,
        { x: axis, y: result, result },
        { shades: ageShades(trials), weights: weightsOf(isKept) },
      ),
    [trials, axis, result, isKept],
  );
  useEffect(() => {
    if (isFocused) root.current?.scrollIntoView({ block: "nearest" });
  }, [isFocused]);
  return (
    <li ref={root} className={classes.slice} data-focused={isFocused || undefined}>
      <div className={classes.sliceHead}>
        <h3 className={classes.sliceTitle} title={axis.label}>
          {name}
        </h3>
        <LogToggle id={axis.id} />
      </div>
      <TrialCloud
        search={search}
        trials={trials}
        label={`${result.label} over ${axis.label}.`}
        x={axis}
        y={result}
        cloud={cloud}
        height={190}
        mostTicks={6}
      />
    </li>
  );
}
