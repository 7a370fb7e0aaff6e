import { useMemo } from "react";
import { CartesianGrid, Scatter, ScatterChart, Tooltip, XAxis, YAxis } from "recharts";
import { formatNumber } from "~/lib/format";
import { linearScale, logScale, type Scale } from "~/lib/ticks";
import { Empty } from "~/ui/Empty";
import { type AxisValue, categories } from "./parallel";
import classes from "./parallel.module.css";

export interface ScatterPoint {
  id: number;
  label: string;
  x: AxisValue;
  y: number | null;
  /** Filtered out elsewhere: drawn faint. */
  isFaint?: boolean;
}

interface ScatterPlotProps {
  title: string;
  xLabel: string;
  yLabel: string;
  points: readonly ScatterPoint[];
  isLogX: boolean;
  isLogY: boolean;
  onOpen?: (id: number) => void;
  height?: number;
}

/** More circles than this make the browser slow and the picture black. */
const MOST_POINTS = 2000;
const TICK = { fill: "var(--text-dim)", fontSize: 11 };
const noLines = () => [];

/** A value over a parameter, a circle per trial. */
export function ScatterPlot(props: ScatterPlotProps) {
  const { title, xLabel, yLabel, isLogX, isLogY, onOpen, height = 220 } = props;
  const { points, x, y, names } = useMemo(
    () => shaped(props.points, isLogX, isLogY),
    [props.points, isLogX, isLogY],
  );
  return (
    <section className={classes.root} aria-label={`${title}, ${points.length} points`}>
      <header className={classes.header}>
        <h3 className={classes.title}>{title}</h3>
      </header>
      <div style={{ height }}>
        {points.length === 0 ? (
          <Empty title="No values yet" />
        ) : (
          <ScatterChart
            responsive
            style={{ width: "100%", height: "100%" }}
            margin={{ top: 10, right: 14, bottom: 16, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid stroke="var(--line)" verticalCoordinatesGenerator={noLines} />
            <XAxis
              dataKey="x"
              type="number"
              scale={x.isLog ? "log" : "linear"}
              domain={x.scale.domain}
              ticks={x.scale.ticks}
              allowDataOverflow
              tickFormatter={(value: number) => (names ? (names[value] ?? "") : formatNumber(value))}
              tick={TICK}
              tickLine={false}
              axisLine={{ stroke: "var(--line-strong)" }}
              height={24}
              label={{ value: xLabel, position: "bottom", offset: 0, fill: "var(--text-dim)", fontSize: 11 }}
            />
            <YAxis
              dataKey="y"
              type="number"
              name={yLabel}
              scale={y.isLog ? "log" : "linear"}
              domain={y.scale.domain}
              ticks={y.scale.ticks}
              allowDataOverflow
              tickFormatter={formatNumber}
              tick={TICK}
              tickLine={false}
              axisLine={false}
              width={54}
            />
            <Tooltip
              isAnimationActive={false}
              cursor={false}
              content={({ payload }) => (
                <PointText point={payload[0]?.payload} xLabel={xLabel} yLabel={yLabel} />
              )}
            />
            <Scatter
              data={points}
              isAnimationActive={false}
              shape={({
                cx,
                cy,
                payload,
              }: {
                cx?: number;
                cy?: number;
                payload?: { id: number; isFaint?: boolean };
              }) => (
                // biome-ignore lint/a11y/noStaticElementInteractions: the table beside it opens the same by keyboard
                <circle
                  cx={cx}
                  cy={cy}
                  r={4}
                  fill="var(--series-1)"
                  fillOpacity={payload?.isFaint ? 0.15 : 0.75}
                  cursor={onOpen ? "pointer" : undefined}
                  onClick={() => payload && onOpen?.(payload.id)}
                />
              )}
            />
          </ScatterChart>
        )}
      </div>
    </section>
  );
}

function PointText({ point, xLabel, yLabel }: { point: unknown; xLabel: string; yLabel: string }) {
  if (!isPoint(point)) return null;
  return (
    <div className={classes.bubble}>
      <strong>{point.label}</strong>
      <span>
        {xLabel} {point.xText}
      </span>
      <span>
        {yLabel} {formatNumber(point.y)}
      </span>
    </div>
  );
}

interface Shaped {
  id: number;
  label: string;
  x: number;
  xText: string;
  y: number;
  isFaint?: boolean;
}

function isPoint(point: unknown): point is Shaped {
  return typeof point === "object" && point !== null && "xText" in point;
}

function shaped(given: readonly ScatterPoint[], isLogX: boolean, isLogY: boolean) {
  const known = given
    .filter(({ x, y }) => x !== null && y !== null && Number.isFinite(y))
    .slice(-MOST_POINTS);
  const isNumeric = known.every(({ x }) => typeof x === "number");
  const names = isNumeric ? null : categories(known.map(({ x }) => x));
  const points = known.map(({ id, label, x, y, isFaint }): Shaped => {
    const place = typeof x === "number" && !names ? x : (names?.indexOf(String(x)) ?? 0);
    return {
      id,
      label,
      x: place,
      xText: typeof x === "number" ? formatNumber(x) : String(x),
      y: y ?? 0,
      isFaint,
    };
  });
  const x = names
    ? {
        isLog: false,
        scale: { domain: [-0.5, names.length - 0.5], ticks: names.map((_, index) => index) } satisfies Scale,
      }
    : axis(
        points.map((point) => point.x),
        isLogX,
      );
  return {
    points,
    x,
    y: axis(
      points.map((point) => point.y),
      isLogY,
    ),
    names,
  };
}

function axis(values: readonly number[], wantsLog: boolean): { isLog: boolean; scale: Scale } {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const isLog = wantsLog && low > 0;
  if (values.length === 0) return { isLog: false, scale: linearScale(0, 1) };
  return { isLog, scale: isLog ? logScale(low, high, 4) : linearScale(low, high, 4) };
}
