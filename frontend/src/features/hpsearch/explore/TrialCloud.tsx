import type { ReactNode } from "react";
import type { Paint } from "~/charts/CanvasPlot";
import type { Cloud } from "~/charts/cloud";
import type { PlacedDimension } from "~/charts/dimension";
import { type PlaceOf, PointCloud } from "~/charts/PointCloud";
import type { Geometry } from "~/charts/placing";
import { useHoveredTrial, useTrialSelection } from "~/features/hpsearch/selection";
import type { SearchViewProps } from "~/features/hpsearch/types";
import classes from "./explore.module.css";
import { TrialCard } from "./TrialCard";

interface TrialCloudProps extends SearchViewProps {
  label: string;
  x: PlacedDimension;
  y: PlacedDimension;
  cloud: Cloud;
  height: number;
  yWidth?: number;
  mostTicks?: number;
  under?: Paint;
  /** SVG below the marked trials. */
  lines?: (placeOf: PlaceOf, geometry: Geometry) => ReactNode;
}

/** Trials as points; those that are hovered or marked in any view stand out, and a press marks one. */
export function TrialCloud({ search, trials, lines, ...plot }: TrialCloudProps) {
  const { highlighted, setHighlighted } = useTrialSelection();
  const [, setHovered] = useHoveredTrial();
  const numberAt = (index: number | null) => (index === null ? null : (trials[index]?.number ?? null));
  return (
    <PointCloud
      {...plot}
      onHover={(index) => setHovered(numberAt(index))}
      onPress={(index) => {
        const number = numberAt(index);
        setHighlighted(number === highlighted ? null : number);
      }}
      over={(placeOf, geometry) => (
        <>
          {lines?.(placeOf, geometry)}
          <MarkedPoints placeOf={placeOf} trials={trials} />
        </>
      )}
      bubble={(index) => {
        const trial = trials[index];
        return trial && <TrialCard search={search} trial={trial} />;
      }}
    />
  );
}

function MarkedPoints({ placeOf, trials }: { placeOf: PlaceOf; trials: SearchViewProps["trials"] }) {
  const { highlighted, best } = useTrialSelection();
  const [hovered] = useHoveredTrial();
  const placeAt = (number: number | null) => {
    const index = number === null ? -1 : trials.findIndex((trial) => trial.number === number);
    return index < 0 ? null : placeOf(index);
  };
  const [bestPlace, marked, pointed] = [placeAt(best), placeAt(highlighted), placeAt(hovered)];
  return (
    <>
      {bestPlace && (
        <>
          <circle cx={bestPlace.x} cy={bestPlace.y} r={7} className={classes.casing} />
          <circle cx={bestPlace.x} cy={bestPlace.y} r={7} className={classes.halo} data-best />
        </>
      )}
      {[marked, pointed].map(
        (place, index) =>
          place && (
            // biome-ignore lint/suspicious/noArrayIndexKey: always these two
            <g key={index}>
              <circle cx={place.x} cy={place.y} r={7} className={classes.casing} />
              <circle
                cx={place.x}
                cy={place.y}
                r={7}
                className={classes.halo}
                data-marked={index === 0 || undefined}
              />
            </g>
          ),
      )}
    </>
  );
}
