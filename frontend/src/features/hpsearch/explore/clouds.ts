import { type Cloud, spreadPlaces, type Weight } from "~/charts/cloud";
import type { PlacedDimension } from "~/charts/dimension";
import { hasValue } from "~/charts/parallel";
import { SHADES, shadeOf } from "~/charts/ramp";
import type { Shape } from "~/charts/shapes";
import type { TrialRead } from "~/features/hpsearch/types";

/** A mark by which it can be seen, without colour, how a trial ended. */
export function shapeOf({ state, is_feasible }: Pick<TrialRead, "state" | "is_feasible">): Shape {
  if (!is_feasible) return "triangle";
  if (state === "complete") return "disc";
  if (state === "stopped" || state === "stopping") return "square";
  return state === "running" || state === "paused" ? "ring" : "cross";
}

/** From pale for the first trial to strong for the newest. */
export function ageShades(trials: readonly Pick<TrialRead, "number">[]): Int8Array {
  const last = Math.max(1, trials.at(-1)?.number ?? 1);
  return Int8Array.from(trials, ({ number }) => Math.min(SHADES - 1, shadeOf(number / last)));
}

/** The trials that have a result, between two dimensions. */
export function cloudOf(
  trials: readonly TrialRead[],
  axes: { x: PlacedDimension; y: PlacedDimension; result: PlacedDimension },
  look: Pick<Cloud, "shades" | "weights" | "isCased">,
): Cloud {
  const numbers = trials.map(({ number }) => number);
  const known = (places: Float64Array) =>
    places.map((place, index) => {
      const at = axes.result.places[index] ?? Number.NaN;
      return hasValue(axes.result, at) ? place : Number.NaN;
    });
  return {
    xs: known(spreadPlaces(axes.x, numbers, "x")),
    ys: known(spreadPlaces(axes.y, numbers, "y")),
    shapes: trials.map(shapeOf),
    ...look,
  };
}

export function weightsOf(isKept: readonly boolean[]): Weight[] {
  return isKept.map((kept) => (kept ? "front" : "out"));
}
