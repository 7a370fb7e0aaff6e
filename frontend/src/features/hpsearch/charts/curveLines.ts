import type { BundleLine } from "~/charts/bundle";
import type { Point } from "~/charts/placing";
import { trialLook } from "~/features/hpsearch/trials";
import type { TrialRead, TrialState } from "~/features/hpsearch/types";
import { taskStyles } from "~/lib/palette";

/** One trial's metric as the server sends it. */
export interface Curve {
  number: number;
  task_id: number;
  points: readonly Point[];
}

interface LineOptions {
  best: number | null;
  isBrushed: boolean;
  selected: ReadonlySet<number>;
}

/** More brushed curves than this have no colours of their own. */
export const MOST_COLOURS = 8;

/**
 * The curves as lines: the best one in the accent, brushed ones in their tasks' colours while those can be told apart,
 * all else by how its trial ended.
 */
export function curveLines(
  curves: readonly Curve[],
  trials: ReadonlyMap<number, TrialRead>,
  { best, isBrushed, selected }: LineOptions,
): BundleLine[] {
  const brushed = isBrushed ? curves.filter(({ number }) => selected.has(number)) : [];
  const styles =
    brushed.length <= MOST_COLOURS ? taskStyles(brushed.map(({ task_id }) => task_id)) : new Map();
  return curves.map(({ number, task_id, points }) => {
    const state = trials.get(number)?.state ?? "running";
    const own = trialLook({ number, state }, best);
    const line = { id: number, points, end: END[state] };
    if (number === best) return { ...line, color: own.color, look: "strong", end: "diamond" };
    if (!isBrushed) return { ...line, color: own.color, look: own.isFaint ? "faint" : "plain" };
    if (!selected.has(number)) return { ...line, color: "var(--line-strong)", look: "faint", end: null };
    const style = styles.get(task_id);
    return { ...line, color: style?.color ?? "var(--series-1)", dash: style?.dash, look: "plain" };
  });
}

const END: Record<TrialState, BundleLine["end"]> = {
  running: "disc",
  paused: "ring",
  stopping: "bar",
  complete: null,
  stopped: "bar",
  failed: "cross",
  cancelled: "cross",
};

/** What is known, with the same arrays for curves whose picture is the same, so that they need no new one. */
export function keptCurves<List extends { metric: string; items: Curve[] }>(
  old: List | undefined,
  fresh: List,
): List {
  if (!old || old.metric !== fresh.metric) return fresh;
  const known = new Map(old.items.map((curve) => [curve.number, curve]));
  const items = fresh.items.map((curve) => {
    const before = known.get(curve.number);
    return before && isSame(before, curve) ? before : curve;
  });
  const isUnchanged =
    items.length === old.items.length && items.every((curve, index) => curve === old.items[index]);
  return isUnchanged ? old : { ...fresh, items };
}

/** The same for answers of which only the query knows the type. */
export function keptAnswer(old: unknown, fresh: unknown): unknown {
  return isList(fresh) ? keptCurves(isList(old) ? old : undefined, fresh) : fresh;
}

function isList(answer: unknown): answer is { metric: string; items: Curve[] } {
  return typeof answer === "object" && answer !== null && "metric" in answer && "items" in answer;
}

/** Points are only ever added, so that an equal end is an equal curve. */
function isSame(a: Curve, b: Curve): boolean {
  const [end, other] = [a.points.at(-1), b.points.at(-1)];
  return (
    a.task_id === b.task_id &&
    a.points.length === b.points.length &&
    end?.[0] === other?.[0] &&
    end?.[1] === other?.[1]
  );
}

/**
 * Where the rungs stand on the axis of the curves. Rungs count epochs from one; scripts that write epochs from zero
 * reach the first one at zero.
 */
export function rungPlaces(rungs: readonly { epoch: number }[], curves: readonly Curve[]): number[] {
  let first = Number.POSITIVE_INFINITY;
  for (const { points } of curves) first = Math.min(first, points[0]?.[0] ?? first);
  if (!Number.isFinite(first)) return [];
  return [...new Set(rungs.map(({ epoch }) => first + epoch - 1))].sort((a, b) => a - b);
}
