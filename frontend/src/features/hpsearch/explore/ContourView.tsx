import { useMemo } from "react";
import type { PlacedDimension } from "~/charts/dimension";
import { interpolated } from "~/charts/field";
import { fieldPainter } from "~/charts/fieldPaint";
import { ratingOf } from "~/charts/parallel";
import { useSearchState, useTrialSelection } from "~/features/hpsearch/selection";
import type { SearchViewProps } from "~/features/hpsearch/types";
import { Empty } from "~/ui/Empty";
import { AxisChoice, chosenAxes } from "./AxisChoice";
import { cloudOf, weightsOf } from "./clouds";
import { useDimensions, useKept } from "./dimensions";
import classes from "./explore.module.css";
import { NoObjective } from "./NoObjective";
import { TrialCloud } from "./TrialCloud";
import { ObjectiveChoice, RatingLegend, ViewHead } from "./ViewHead";

/** Cells of the field over numbers. */
const CELLS = [48, 36] as const;
/** Fewer trials than this make no landscape. */
const LEAST_TRIALS = 3;

/** The result over two parameters: what lies between the trials is their mean, paler where no trial is near. */
export function ContourView({ search, trials }: SearchViewProps) {
  const { params, result } = useDimensions(trials);
  const [{ across, up }, change] = useSearchState();
  const chosen = chosenAxes(params, across, up);
  if (!result) return <NoObjective />;
  if (!chosen)
    return <Empty title="A contour needs two parameters">This search varies fewer than that.</Empty>;
  const [x, y] = chosen;
  return (
    <section className={`card ${classes.view}`} aria-label="Contour">
      <ViewHead title={`${result.label} over two parameters`} count={trials.length}>
        <ObjectiveChoice search={search} />
        <AxisChoice
          label="Horizontal"
          axes={params}
          value={x}
          other={y}
          onChange={(id) => change({ across: id, up: y.id })}
        />
        <AxisChoice
          label="Vertical"
          axes={params}
          value={y}
          other={x}
          onChange={(id) => change({ across: x.id, up: id })}
        />
      </ViewHead>
      <Landscape search={search} trials={trials} x={x} y={y} result={result} />
    </section>
  );
}

interface LandscapeProps extends SearchViewProps {
  x: PlacedDimension;
  y: PlacedDimension;
  result: PlacedDimension;
}

function Landscape({ search, trials, x, y, result }: LandscapeProps) {
  const { objective } = useTrialSelection();
  const isKept = useKept(trials);
  const isLowBest = objective?.isLowBest ?? true;
  // The landscape is of all trials: a brush marks points and leaves it as it is.
  const rating = useMemo(
    () => ratingOf(result, trials.map(isEligible), isLowBest),
    [result, trials, isLowBest],
  );
  const field = useMemo(() => {
    const values = result.places.map((place, index) =>
      trials[index]?.is_feasible ? rating.of(place) : Number.NaN,
    );
    return interpolated(x, y, values, CELLS);
  }, [x, y, result, trials, rating]);
  const under = useMemo(() => fieldPainter(field), [field]);
  const cloud = useMemo(() => {
    // The field has the colours, the points only say where trials were.
    const shades = new Int8Array(trials.length).fill(-1);
    return cloudOf(trials, { x, y, result }, { shades, weights: weightsOf(isKept), isCased: true });
  }, [trials, x, y, result, isKept]);
  const known = trials.filter(({ objectives }) => objectives !== null).length;
  if (known < LEAST_TRIALS)
    return <Empty title="Too few results yet">From {LEAST_TRIALS} trials on they make a landscape.</Empty>;
  return (
    <>
      <div className={classes.axisLabels}>
        <span>↑ {y.label}</span>
        <RatingLegend result={result} rating={rating} />
      </div>
      <TrialCloud
        search={search}
        trials={trials}
        label={`${result.label} over ${x.label} and ${y.label}.`}
        x={x}
        y={y}
        cloud={cloud}
        height={440}
        under={under}
      />
      <div className={classes.axisLabels}>
        <span>Colours go by rank, and fade where no trial is near: there they are a guess.</span>
        <span>{x.label} →</span>
      </div>
    </>
  );
}

function isEligible({ is_feasible }: { is_feasible: boolean }): boolean {
  return is_feasible;
}
