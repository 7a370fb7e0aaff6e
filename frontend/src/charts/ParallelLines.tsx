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

/** More lines than this in one path make strokes slow. */
const CHUNK = 100;

/** All lines faintly, and those that are kept above them. A brush paints the upper canvas alone. */
export function ParallelLines(props: ParallelLinesProps) {
  const { axes, layout, width, height, isKept, result, rating } = props;
  const count = isKept.length;
  const geometry = useMemo(() => wholeOf(width, height), [width, height]);
  const paintAll: Paint = useCallback(
    (context, _, ink) => {
      context.strokeStyle = ink("var(--line)");
      stroked(context, axes, [...Array(count).keys()], layout);
    },
    [axes, layout, count],
  );
  const paintKept: Paint = useCallback(
    (context, _, ink) => {
      const groups = groupsOf(result, rating, isKept);
      const shades = shadesOf(ink);
      context.lineWidth = 1.25;
      context.setLineDash([3, 3]);
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
  for (let from = 0; from < lines.length; from += CHUNK) {
    context.beginPath();
    traceLines(context, axes, lines.slice(from, from + CHUNK), layout);
    context.stroke();
  }
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
