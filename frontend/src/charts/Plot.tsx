import { memo } from "react";
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  useXAxisScale,
  useYAxisScale,
  XAxis,
  YAxis,
} from "recharts";
import { formatNumber } from "~/lib/format";
import type { Scale } from "~/lib/ticks";
import { type Range, type XKind, xTick } from "./axes";
import { PointerLayer } from "./PointerLayer";
import type { PreparedSeries, ScaleKind } from "./series";

interface PlotProps {
  series: readonly PreparedSeries[];
  isSmoothed: boolean;
  xKind: XKind;
  x: Scale;
  y: Scale;
  yScale: ScaleKind;
  onZoom?: (range: Range | null) => void;
}

const MARGIN = { top: 8, right: 12, bottom: 0, left: 0 };
const TICK = { fill: "var(--text-dim)", fontSize: 11 };
const noLines = () => [];

/** Everything that Recharts draws. Rendered again for new data only, never for the cursor. */
export const Plot = memo(function Plot({ series, isSmoothed, xKind, x, y, yScale, onZoom }: PlotProps) {
  const span = x.domain[1] - x.domain[0];
  return (
    <ComposedChart
      responsive
      style={{ width: "100%", height: "100%" }}
      margin={MARGIN}
      accessibilityLayer={false}
    >
      {/* Without its own generator the grid measures the text of every x value once. */}
      <CartesianGrid stroke="var(--line)" verticalCoordinatesGenerator={noLines} />
      <XAxis
        dataKey="x"
        type="number"
        domain={x.domain}
        ticks={x.ticks}
        allowDataOverflow
        tickFormatter={(value: number) => xTick(xKind, value, span)}
        tick={TICK}
        tickLine={false}
        axisLine={{ stroke: "var(--line-strong)" }}
        height={24}
        minTickGap={12}
      />
      <YAxis
        type="number"
        scale={yScale === "log" ? "log" : "linear"}
        domain={y.domain}
        ticks={y.ticks}
        allowDataOverflow
        tickFormatter={formatNumber}
        tick={TICK}
        tickLine={false}
        axisLine={false}
        width={axisWidth(y.ticks)}
        interval={0}
      />
      {series.flatMap((one, index) =>
        one.bandRows.length > 0 ? [<Area key={`band ${one.id}`} {...bandLook(one, index)} />] : [],
      )}
      {isSmoothed && lines(series, "raw")}
      {lines(series, "y")}
      <IsolatedPoints series={series} />
      <PointerLayer series={series} onZoom={onZoom} />
    </ComposedChart>
  );
});

/** A line per series; a single point is left to IsolatedPoints, for Recharts would draw it hollow. */
function lines(series: readonly PreparedSeries[], key: "y" | "raw") {
  return series.flatMap((one, index) =>
    one.rows.length > 1 ? [<Line key={`${key} ${one.id}`} {...lineLook(one, index, key)} />] : [],
  );
}

/** The class by which hovering the legend fades the others. */
export function seriesClass(index: number): string {
  return `ht-series ht-series-${index}`;
}

/** Each line has its own rows: tasks rarely share their x values. */
function lineLook(series: PreparedSeries, index: number, key: "y" | "raw") {
  const isRaw = key === "raw";
  return {
    className: seriesClass(index),
    data: series.rows,
    dataKey: key,
    type: "linear",
    stroke: series.color,
    strokeWidth: isRaw ? 1 : 1.75,
    strokeOpacity: (isRaw ? 0.3 : 1) * (series.faint ? 0.3 : 1),
    strokeDasharray: isRaw ? undefined : series.dash,
    dot: false,
    activeDot: false,
    isAnimationActive: false,
    connectNulls: false,
    tooltipType: "none",
  } as const;
}

function bandLook(series: PreparedSeries, index: number) {
  return {
    className: seriesClass(index),
    data: series.bandRows,
    dataKey: "band",
    type: "linear",
    stroke: "none",
    fill: series.color,
    fillOpacity: series.faint ? 0.05 : 0.16,
    activeDot: false,
    dot: false,
    isAnimationActive: false,
    connectNulls: false,
    tooltipType: "none",
  } as const;
}

/** Room for the longest label, in steps of 8 px so that the plot keeps its place. */
function axisWidth(ticks: readonly number[]): number {
  const longest = Math.max(1, ...ticks.map((tick) => formatNumber(tick).length));
  return Math.ceil((longest * 6.6 + 12) / 8) * 8;
}

/** Dots for points that no line reaches: a single one, or one between two gaps. */
function IsolatedPoints({ series }: { series: readonly PreparedSeries[] }) {
  const scaleX = useXAxisScale();
  const scaleY = useYAxisScale();
  if (!scaleX || !scaleY) return null;
  return series.map((one, index) => (
    <g key={one.id} className={seriesClass(index)}>
      {one.isolated.map((row, at) => (
        <circle
          // biome-ignore lint/suspicious/noArrayIndexKey: epochs may repeat
          key={at}
          cx={scaleX(row.x)}
          cy={scaleY(row.y)}
          r={3}
          fill={one.color}
          opacity={one.faint ? 0.3 : 1}
        />
      ))}
    </g>
  ));
}
