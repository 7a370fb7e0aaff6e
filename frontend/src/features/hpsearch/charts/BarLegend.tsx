import { useMemo } from "react";
import { shapePath } from "~/charts/shapes";
import type { TrialRead, TrialState } from "~/features/hpsearch/types";
import { formatCount } from "~/lib/format";
import classes from "./charts.module.css";
import { BAR_LOOKS } from "./workerLanes";

const KEYS: readonly (readonly [word: string, states: readonly TrialState[]])[] = [
  ["complete", ["complete"]],
  ["running", ["running", "paused"]],
  ["stopped early", ["stopped", "stopping"]],
  ["failed", ["failed"]],
  ["cancelled", ["cancelled"]],
];

/** What the bars mean, and how many there are of each. */
export function BarLegend({ trials, best }: { trials: readonly TrialRead[]; best: number | null }) {
  const counts = useMemo(() => {
    const counted = new Map<TrialState, number>();
    for (const { state, started_at } of trials)
      if (started_at !== null) counted.set(state, (counted.get(state) ?? 0) + 1);
    return counted;
  }, [trials]);
  const keys = KEYS.flatMap(([word, states]) => {
    const count = states.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0);
    const look = BAR_LOOKS[states[0] ?? "running"];
    return count > 0 ? [{ word, count, ...look }] : [];
  });
  return (
    <>
      {best !== null && (
        <span className={classes.key}>
          <BarKey color="var(--accent)" fill="solid" isCut={false} isBest /> best
        </span>
      )}
      {keys.map(({ word, count, color, fill, isCut }) => (
        <span key={word} className={classes.key}>
          <BarKey color={color} fill={fill} isCut={isCut} /> {word}{" "}
          <span className="dim numeric">{formatCount(count)}</span>
        </span>
      ))}
    </>
  );
}

function BarKey({ color, fill, isCut, isBest }: (typeof BAR_LOOKS)[TrialState] & { isBest?: boolean }) {
  const isSolid = fill === "solid";
  return (
    <svg width={20} height={10} aria-hidden>
      <rect
        x={0.5}
        y={0.5}
        width={19}
        height={9}
        fill={color}
        fillOpacity={isSolid ? 0.8 : 0.3}
        stroke={isSolid ? "none" : color}
      />
      {fill === "hatched" && <path d="M0,10L10,0M5,10L15,0M10,10L20,0" stroke={color} />}
      {isBest && <path d={shapePath("diamond", 10, 5, 3)} fill="var(--surface-card)" />}
      {isCut && <rect x={18} width={2} height={10} fill="var(--text)" />}
    </svg>
  );
}
