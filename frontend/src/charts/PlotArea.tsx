import { type KeyboardEvent, useId, useMemo, useRef, useState } from "react";
import { formatNumber, plural } from "~/lib/format";
import { Empty } from "~/ui/Empty";
import { type Range, type XKind, xScale, yScaleOf } from "./axes";
import { ChartTooltip } from "./ChartTooltip";
import classes from "./charts.module.css";
import { type Cursor, CursorContext } from "./cursor";
import { Plot } from "./Plot";
import { allX, type Prepared, prepared, type ScaleKind, type Series, xExtent, yExtent } from "./series";

interface PlotAreaProps {
  title: string;
  series: readonly Series[];
  /** Index of the series that stands out, or -1. */
  focusedIndex: number;
  xKind: XKind;
  yScale?: ScaleKind;
  smoothing?: number;
  zoom?: Range | null;
  onZoom?: (range: Range | null) => void;
  height?: number | "fill";
  cursorX?: number | null;
  onCursorX?: (x: number | null) => void;
}

/** The plot of visible series with its cursor, tooltip, keyboard and notes. */
export function PlotArea(props: PlotAreaProps) {
  const { title, series, focusedIndex, xKind, yScale = "linear", smoothing = 0, onZoom } = props;
  const [cursor, setOwnCursor] = useState<Cursor | null>(null);
  const plotId = useId();
  const data = useMemo(() => prepared(series, yScale, smoothing), [series, yScale, smoothing]);
  const scales = useScales(series, data, props);
  const keys = useCursorKeys(data, scales?.x.domain ?? null, cursor, (next) => setCursor(next), onZoom);
  const setCursor = (next: Cursor | null) => {
    setOwnCursor(next);
    props.onCursorX?.(next?.x ?? null);
  };
  const shared =
    cursor ?? (props.cursorX == null ? null : { x: props.cursorX, left: 0, top: 0, plotWidth: 0 });
  if (!scales)
    return (
      <Empty title={data.dropped > 0 ? "No value above zero" : "No finite value"}>
        {notes(data).join(" · ")}
      </Empty>
    );
  return (
    <div className={classes.plotArea}>
      {focusedIndex >= 0 && (
        <style>{`[data-plot="${plotId}"] .ht-series:not(.ht-series-${focusedIndex}) { opacity: 0.15; }`}</style>
      )}
      <div
        className={classes.plot}
        data-plot={plotId}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the cursor of the chart
        tabIndex={0}
        role="img"
        aria-label={description(title, series)}
        aria-keyshortcuts="ArrowLeft ArrowRight Home End Escape"
        onKeyDown={keys}
        onBlur={() => setCursor(null)}
      >
        <CursorContext value={{ cursor: shared, setCursor }}>
          <Plot
            series={data.series}
            isSmoothed={data.isSmoothed}
            xKind={xKind}
            x={scales.x}
            y={scales.y}
            yScale={yScale}
            onZoom={onZoom}
          />
          {cursor && <ChartTooltip series={data.series} xKind={xKind} isSmoothed={data.isSmoothed} />}
        </CursorContext>
      </div>
      {notes(data).length > 0 && <p className={classes.notes}>{notes(data).join(" · ")}</p>}
    </div>
  );
}

/** Both axes; null when nothing can be drawn. They stay the same objects while the data fits them. */
function useScales(
  series: readonly Series[],
  data: Prepared,
  { xKind, yScale = "linear", zoom = null, height = 200 }: PlotAreaProps,
) {
  const extent = xExtent(series);
  const x = extent && xScale(xKind, extent, zoom, 5);
  const values = x && yExtent(data.series, x.domain);
  const y = values && yScaleOf(yScale, values, height === "fill" ? 7 : Math.max(3, Math.round(height / 45)));
  const fingerprint = JSON.stringify([x, y]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the fingerprint stands for both scales
  return useMemo(() => (x && y ? { x, y } : null), [fingerprint]);
}

/** Arrow keys step through the points, Home and End jump, Escape leaves the cursor, then the zoom. */
function useCursorKeys(
  data: Prepared,
  domain: Range | null,
  cursor: Cursor | null,
  setCursor: (cursor: Cursor | null) => void,
  onZoom?: (range: Range | null) => void,
) {
  const stops = useMemo(() => allX(data.series), [data]);
  const last = useRef<number | null>(null);
  return (event: KeyboardEvent<HTMLDivElement>) => {
    if (!domain) return;
    const visible = stops.filter((x) => x >= domain[0] && x <= domain[1]);
    const at = visible.findIndex((x) => x >= (cursor?.x ?? last.current ?? domain[0]));
    const step = event.shiftKey ? 10 : 1;
    const target = {
      ArrowLeft: at - step,
      ArrowRight: cursor ? at + step : at,
      Home: 0,
      End: visible.length - 1,
    }[event.key];
    if (event.key === "Escape") {
      if (cursor) setCursor(null);
      else onZoom?.(null);
      return;
    }
    const x = target === undefined ? undefined : visible[Math.min(visible.length - 1, Math.max(0, target))];
    if (x === undefined) return;
    event.preventDefault();
    last.current = x;
    const plot = event.currentTarget.querySelector('[data-testid="plot"]')?.getBoundingClientRect();
    const box = event.currentTarget.getBoundingClientRect();
    const left = plot ? plot.left - box.left + ((x - domain[0]) / (domain[1] - domain[0])) * plot.width : 0;
    setCursor({ x, left, top: 24, plotWidth: plot?.width ?? 0 });
  };
}

function notes({ gaps, dropped }: Prepared): string[] {
  return [
    ...(gaps > 0
      ? [`${plural(gaps, "point")} NaN or infinite, shown as ${gaps === 1 ? "a gap" : "gaps"}`]
      : []),
    ...(dropped > 0 ? [`${plural(dropped, "point")} at or below 0 not shown on a log axis`] : []),
  ];
}

/** The chart in words: "loss: train 0.12, val 0.31 at epoch 164". */
function description(title: string, series: readonly Series[]): string {
  const ends = series.slice(0, 10).map(({ label, points }) => {
    const value = points.findLast(([, y]) => y !== null)?.[1];
    return `${label} ${formatNumber(value)}`;
  });
  const more = series.length > 10 ? `, and ${series.length - 10} more series` : "";
  return `${title}: ${ends.join(", ")}${more}. Arrow keys read the values.`;
}
