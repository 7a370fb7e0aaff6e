import { useMemo } from "react";
import { ShapeSwatch } from "~/charts/ShapeSwatch";
import type { Shape } from "~/charts/shapes";
import type { TrialRead } from "~/features/hpsearch/types";
import { shapeOf } from "./clouds";
import classes from "./explore.module.css";

const WORDS: readonly (readonly [Shape, string])[] = [
  ["disc", "complete"],
  ["square", "stopped early"],
  ["ring", "running"],
  ["triangle", "infeasible"],
  ["cross", "failed or cancelled"],
];

/** What the shapes mean, of the trials that are drawn; nothing where all have the same. */
export function ShapeLegend({ trials }: { trials: readonly TrialRead[] }) {
  const shapes = useMemo(
    () => new Set(trials.filter(({ objectives }) => objectives !== null).map(shapeOf)),
    [trials],
  );
  if (shapes.size < 2) return null;
  return WORDS.filter(([shape]) => shapes.has(shape)).map(([shape, word]) => (
    <span key={shape} className={classes.legend}>
      <ShapeSwatch shape={shape} color="var(--series-1)" /> {word}
    </span>
  ));
}
