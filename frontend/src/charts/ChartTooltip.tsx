import { useContext } from "react";
import { formatNumber, plural } from "~/lib/format";
import { type XKind, xText } from "./axes";
import classes from "./charts.module.css";
import { CursorContext } from "./cursor";
import { nearestRow, type PreparedSeries, type Row } from "./series";

const MOST_ROWS = 10;

interface ChartTooltipProps {
  series: readonly PreparedSeries[];
  xKind: XKind;
  isSmoothed: boolean;
}

/** The values at the cursor, greatest first, at most ten. */
export function ChartTooltip({ series, xKind, isSmoothed }: ChartTooltipProps) {
  const { cursor } = useContext(CursorContext);
  if (!cursor) return null;
  const values = tooltipValues(series, cursor.x);
  const first = values[0];
  if (!first) return null;
  const nearest = values.reduce(
    (best, { row }) => (Math.abs(row.x - cursor.x) < Math.abs(best - cursor.x) ? row.x : best),
    first.row.x,
  );
  const isLeft = cursor.left > cursor.plotWidth / 2;
  const place = isLeft ? { right: `calc(100% - ${cursor.left - 14}px)` } : { left: cursor.left + 14 };
  return (
    <div
      className={classes.tooltip}
      style={{ ...place, top: Math.max(0, cursor.top - 20) }}
      role="status"
      aria-live="polite"
    >
      <p className={classes.tooltipTitle}>{xText(xKind, nearest)}</p>
      <table>
        <tbody>
          {values.slice(0, MOST_ROWS).map(({ one, row }) => (
            <tr key={one.id}>
              <td>
                <Swatch color={one.color} dash={one.dash} />
              </td>
              <td className={classes.tooltipLabel}>{one.label}</td>
              <td className={classes.tooltipValue}>{formatNumber(row.y)}</td>
              {isSmoothed && <td className={classes.tooltipRaw}>{formatNumber(row.raw)}</td>}
              {row.x !== nearest && <td className={classes.tooltipRaw}>{xText(xKind, row.x)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {values.length > MOST_ROWS && (
        <p className={classes.tooltipMore}>
          and {plural(values.length - MOST_ROWS, "more series", "more series")}
        </p>
      )}
    </div>
  );
}

/** The nearest drawn point of each series, greatest value first. */
export function tooltipValues(
  series: readonly PreparedSeries[],
  x: number,
): { one: PreparedSeries; row: Row & { y: number } }[] {
  return series
    .flatMap((one) => {
      const row = nearestRow(one.byX, x);
      return row && row.y !== null ? [{ one, row: { ...row, y: row.y } }] : [];
    })
    .sort((a, b) => b.row.y - a.row.y);
}

/** A short piece of the line, as in the plot. */
export function Swatch({ color, dash }: { color: string; dash?: string }) {
  return (
    <svg width={14} height={8} aria-hidden className={classes.swatch}>
      <line x1={0} x2={14} y1={4} y2={4} stroke={color} strokeWidth={2.5} strokeDasharray={dash && "4 2"} />
    </svg>
  );
}
