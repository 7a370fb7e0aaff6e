import { ShapeSwatch } from "~/charts/ShapeSwatch";
import { formatCount } from "~/lib/format";
import classes from "./charts.module.css";
import type { countedKinds } from "./kinds";

/** What the marks mean, and how many there are of each. */
export function KindLegend({ kinds }: { kinds: ReturnType<typeof countedKinds> }) {
  return kinds.map(({ word, shape, color, count }) => (
    <span key={word} className={classes.key}>
      <ShapeSwatch shape={shape} color={color} />
      {word} <span className="dim numeric">{formatCount(count)}</span>
    </span>
  ));
}
