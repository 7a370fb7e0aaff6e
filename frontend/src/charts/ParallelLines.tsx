import { useCallback, useMemo } from "react";
import { type Paint, Picture } from "./CanvasPlot";
import type { PlacedDimension } from "./dimension";
import { type ParallelLayout, type Rating, traceLines } from "./parallel";
import { SHADES, shadeOf, shadesOf } from "./ramp";

interface ParallelLinesProps {
  axes: readonly PlacedDimension[];
  layout: ParallelLayout;
  width: number;
  height: number;
  isKept: readonly boolean[];
  /** The axis by which lines are coloured, and how good its places are. */
  result: PlacedDimension | null;
  rating: Rating;
}

/**
 * Up to this many lines are drawn a little thicker. Lines of one pixel of the screen are stroked twenty times faster
 * than any thicker ones, and of those one path for all is slower than a path for each.
 */
const MOST_THICK = 150;
const THICK = 1.5;

/** All lines faintly, and those that are kept above them. A brush paints the upper canvas alone. */
export function ParallelLines(props: ParallelLinesProps) {
  const { axes, layout, width, height, isKept, result, rating } = props;
  const count = isKept.length;
  const geometry = useMemo(() => wholeOf(width, height), [width, height]);
  const paintAll: Paint = useCallback(
    (context, _, ink) => {
      context.strokeStyle = ink("var(--line)");
      context.lineWidth = hairline(context);
      stroked(context, axes, [...Array(count).keys()], layout);
    },
    [axes, layout, count],
  );
  const paintKept: Paint = useCallback(
    (context, _, ink) => {
      const groups = groupsOf(result, rating, isKept);
      const shades = shadesOf(ink);
      const isThick = isKept.filter(Boolean).length <= MOST_THICK;
      context.lineWidth = isThick ? THICK : hairline(context);
      context.setLineDash(groups.unrated.length <= MOST_THICK ? [3, 3] : []);
      context.strokeStyle = ink("var(--text-dim)");
      stroked(context, axes, groups.unrated, layout);
      context.setLineDash([]);
      groups.rated.forEach((lines, shade) => {
        context.strokeStyle = shades[shade] ?? "";
        stroked(context, axes, lines, layout);
      });
    },
    [axes, layout, isKept, result, rating],
  );
  return (
    <>
      <Picture geometry={geometry} paint={paintAll} />
      <Picture geometry={geometry} paint={paintKept} />
    </>
  );
}

function stroked(
  context: CanvasRenderingContext2D,
  axes: readonly PlacedDimension[],
  lines: readonly number[],
  layout: ParallelLayout,
): void {
  for (const line of lines) {
    context.beginPath();
    traceLines(context, axes, [line], layout);
    context.stroke();
  }
}

/** The width of one pixel of the screen. */
function hairline(context: CanvasRenderingContext2D): number {
  return 1 / context.getTransform().a;
}

/** The kept lines by shade, the palest first; without a result all have the same. */
function groupsOf(result: PlacedDimension | null, rating: Rating, isKept: readonly boolean[]) {
  const unrated: number[] = [];
  const rated: number[][] = Array.from({ length: SHADES }, () => []);
  isKept.forEach((kept, line) => {
    if (!kept) return;
    const shade = result ? shadeOf(rating.of(result.places[line] ?? Number.NaN)) : Math.floor(SHADES / 2);
    (rated[shade] ?? unrated).push(line);
  });
  return { unrated, rated };
}

/** A plot that takes its whole box and has no scales. */
function wholeOf(width: number, height: number) {
  const identity = { to: (value: number) => value, from: (pixel: number) => pixel };
  return { width, height, area: { left: 0, top: 0, width, height }, x: identity, y: identity };
}
