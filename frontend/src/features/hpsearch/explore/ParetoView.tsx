import { useMemo } from "react";
import type { Weight } from "~/charts/cloud";
import type { PlacedDimension } from "~/charts/dimension";
import { frontOf, frontPath } from "~/charts/front";
import type { PlaceOf } from "~/charts/PointCloud";
import { SHADES } from "~/charts/ramp";
import { objectiveAxisId } from "~/features/hpsearch/axes";
import { useSearchState } from "~/features/hpsearch/selection";
import type { SearchViewProps, TrialRead } from "~/features/hpsearch/types";
import { plural } from "~/lib/format";
import { Empty } from "~/ui/Empty";
import { AxisChoice, chosenAxes } from "./AxisChoice";
import { cloudOf } from "./clouds";
import { useDimensions, useKept } from "./dimensions";
import classes from "./explore.module.css";
import { ShapeLegend } from "./ShapeLegend";
import { TrialCloud } from "./TrialCloud";
import { ViewHead } from "./ViewHead";

/** Two objectives against each other: the trials that no other one beats, and the border that they reach. */
export function ParetoView({ search, trials }: SearchViewProps) {
  const { objectives } = useDimensions(trials);
  const [{ across, up }, change] = useSearchState();
  const chosen = chosenAxes(objectives, across, up);
  const areLowBest = search.objectives.map(({ direction }) => direction !== "maximize");
  const front = useFront(trials, areLowBest);
  if (!chosen)
    return (
      <Empty title="A front needs two objectives">
        With a list under <code className="mono">objectives:</code> the trials that no other one beats are
        shown here.
      </Empty>
    );
  if (front.size === 0)
    return <Empty title="No results yet">The front is drawn as soon as a trial has all its values.</Empty>;
  const [x, y] = chosen;
  return (
    <section className={`card ${classes.view}`} aria-label="Pareto front">
      <ViewHead title={`${plural(front.size, "trial")} that no other one beats`} count={trials.length}>
        <AxisChoice
          label="Horizontal"
          axes={objectives}
          value={x}
          other={y}
          onChange={(id) => change({ across: id, up: y.id })}
        />
        <AxisChoice
          label="Vertical"
          axes={objectives}
          value={y}
          other={x}
          onChange={(id) => change({ across: x.id, up: id })}
        />
        <ShapeLegend trials={trials} />
      </ViewHead>
      <FrontPlot search={search} trials={trials} x={x} y={y} front={front} />
    </section>
  );
}

/** Indices of the trials on the front of all objectives. */
function useFront(trials: readonly TrialRead[], isLowBest: readonly boolean[]): ReadonlySet<number> {
  const text = isLowBest.join(" ");
  return useMemo(
    () =>
      frontOf(
        trials.map(eligibleValues),
        text.split(" ").map((word) => word === "true"),
      ),
    [trials, text],
  );
}

function eligibleValues({ objectives, is_feasible, state }: TrialRead): readonly number[] | null {
  return is_feasible && state !== "failed" ? objectives : null;
}

interface FrontPlotProps extends SearchViewProps {
  x: PlacedDimension;
  y: PlacedDimension;
  front: ReadonlySet<number>;
}

function FrontPlot({ search, trials, x, y, front }: FrontPlotProps) {
  const isKept = useKept(trials);
  const [ix, iy] = [x, y].map(({ id }) => search.objectives.findIndex((_, at) => objectiveAxisId(at) === id));
  const isLow = (at: number | undefined) => search.objectives[at ?? 0]?.direction !== "maximize";
  const [isLowX, isLowY] = [isLow(ix), isLow(iy)];
  const cloud = useMemo(() => {
    const weights = trials.map((_, at): Weight => (isKept[at] ? (front.has(at) ? "front" : "back") : "out"));
    const shades = Int8Array.from(trials, (_, at) => Math.floor(SHADES * (front.has(at) ? 0.7 : 0.45)));
    return cloudOf(trials, { x, y, result: y }, { shades, weights });
  }, [trials, x, y, front, isKept]);
  const border = useMemo(() => {
    const pairs = trials.map((trial) => {
      const values = eligibleValues(trial);
      return values && [values[ix ?? 0] ?? Number.NaN, values[iy ?? 1] ?? Number.NaN];
    });
    return [...frontOf(pairs, [isLowX, isLowY])];
  }, [trials, ix, iy, isLowX, isLowY]);
  const line = (placeOf: PlaceOf) => (
    <path
      d={frontPath(
        border.flatMap((at) => placeOf(at) ?? []),
        isLowX,
      )}
      className={classes.front}
    />
  );
  return (
    <>
      <div className={classes.axisLabels}>
        <span>
          ↑ {y.label}, {isLowY ? "lower" : "higher"} is better
        </span>
      </div>
      <TrialCloud
        search={search}
        trials={trials}
        label={`${y.label} over ${x.label}: ${plural(border.length, "trial")} on the border.`}
        x={x}
        y={y}
        cloud={cloud}
        height={440}
        lines={line}
      />
      <div className={classes.axisLabels}>
        <span>The line is the best of the two that was reached; what others beat is pale.</span>
        <span>
          {x.label}, {isLowX ? "lower" : "higher"} is better →
        </span>
      </div>
    </>
  );
}
