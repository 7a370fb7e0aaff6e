import { type KeyboardEvent, type ReactNode, useCallback, useMemo, useState } from "react";
import { Bubble } from "./Bubble";
import { perGeometry } from "./bundle";
import { CanvasPlot, type Paint, type Place, type PlotAxis } from "./CanvasPlot";
import { type Cloud, cloudPlaces, keyOrder, paintCloud } from "./cloud";
import type { PlacedDimension } from "./dimension";
import { steppedIndex } from "./MarkPlot";
import { type Geometry, nearestPlace } from "./placing";

/** Where a point of the cloud is drawn; null for one that is not. */
export type PlaceOf = (index: number) => Place | null;

interface PointCloudProps {
  /** The chart in words, without how to use it. */
  label: string;
  x: PlacedDimension;
  y: PlacedDimension;
  cloud: Cloud;
  height: number;
  yWidth?: number;
  /** At most this many ticks along x. */
  mostTicks?: number;
  /** Painted below the points. */
  under?: Paint;
  /** SVG above the points: those that stand out. */
  over: (placeOf: PlaceOf, geometry: Geometry) => ReactNode;
  bubble: (index: number) => ReactNode;
  onHover: (index: number | null) => void;
  /** A point was pressed; null beside all points. */
  onPress: (index: number | null) => void;
}

/** How near the pointer must be to a point, in pixels. */
const REACH = 14;
/** Room at the ends of both axes, so that no point is cut, as a share. */
const ROOM = 0.03;
const MOST_LETTERS = 12;

/** Thousands of points between two dimensions of any kind; the one under the pointer has a bubble. */
export function PointCloud(props: PointCloudProps) {
  const { x, y, cloud, under, over, onHover, onPress, mostTicks = 8 } = props;
  const [own, setOwn] = useState<number | null>(null);
  const placesIn = useMemo(() => perGeometry((geometry) => cloudPlaces(cloud, geometry)), [cloud]);
  const paint: Paint = useCallback(
    (context, geometry, ink) => {
      under?.(context, geometry, ink);
      paintCloud(context, cloud, placesIn(geometry), ink);
    },
    [cloud, placesIn, under],
  );
  const axes = useMemo(() => ({ x: axisOf(x, mostTicks), y: axisOf(y, 7) }), [x, y, mostTicks]);
  const hover = (index: number | null) => {
    if (index === own) return;
    setOwn(index);
    onHover(index);
  };
  const onPoint = (place: Place | null, geometry: Geometry) =>
    hover(place && nearestPlace(placesIn(geometry), place.x, place.y, REACH));
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") return onPress(own);
    const order = keyOrder(cloud);
    const next = steppedIndex(own === null ? -1 : order.indexOf(own), order.length, event);
    if (next !== undefined) hover(next === null ? null : (order[next] ?? null));
  };
  const placeOf = (geometry: Geometry, index: number): Place | null => {
    const places = placesIn(geometry);
    const [px, py] = [places[index * 2] ?? Number.NaN, places[index * 2 + 1] ?? Number.NaN];
    return Number.isNaN(px + py) ? null : { x: px, y: py };
  };
  return (
    <CanvasPlot
      label={`${props.label} Arrow keys go through the trials, Enter marks one.`}
      x={axes.x}
      y={axes.y}
      yWidth={props.yWidth}
      height={props.height}
      paint={paint}
      onPoint={onPoint}
      onPress={() => onPress(own)}
      onKey={onKey}
      over={(geometry) => over((index) => placeOf(geometry, index), geometry)}
    >
      {(geometry) => {
        const place = own === null ? null : placeOf(geometry, own);
        return (
          own !== null &&
          place && (
            <Bubble place={place} geometry={geometry}>
              {props.bubble(own)}
            </Bubble>
          )
        );
      }}
    </CanvasPlot>
  );
}

/** A dimension's shares as an axis of the plot. */
export function axisOf({ ticks, start }: PlacedDimension, most: number): PlotAxis {
  const every = Math.ceil(ticks.length / most);
  const shown = ticks.filter(({ at }, index) => index % every === 0 || (at === 0 && start > 0));
  const texts = new Map(shown.map(({ at, text }) => [at, shortened(text)]));
  return {
    scale: { domain: [-ROOM, 1 + ROOM], ticks: [...texts.keys()] },
    kind: "linear",
    text: (at) => texts.get(at) ?? "",
  };
}

function shortened(text: string): string {
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text;
}
