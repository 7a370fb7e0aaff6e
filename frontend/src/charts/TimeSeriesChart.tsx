import { Modal } from "@mantine/core";
import { type ReactNode, useId, useMemo, useRef, useState } from "react";
import { formatNumber } from "~/lib/format";
import { Empty } from "~/ui/Empty";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingBlock } from "~/ui/Loading";
import type { Range, XKind } from "./axes";
import { ChartLegend } from "./ChartLegend";
import { ChartMenu } from "./ChartMenu";
import classes from "./charts.module.css";
import { PlotArea } from "./PlotArea";
import type { ScaleKind, Series } from "./series";

/** What the data is doing. An error carries what to say. */
export type ChartState =
  | { kind: "ready" }
  | { kind: "loading" }
  | { kind: "empty"; hint?: string }
  | { kind: "error"; message: string; onRetry?: () => void };

export interface TimeSeriesChartProps {
  title: string;
  series: readonly Series[];
  xKind: XKind;
  yScale?: ScaleKind;
  /** Weight of the moving average, 0 (none) to 0.99. */
  smoothing?: number;
  /** The x range shown; null for all of it. */
  zoom?: Range | null;
  /** Dragging over the plot asks for a range, a double click for all. */
  onZoom?: (range: Range | null) => void;
  hiddenIds?: ReadonlySet<string>;
  onToggle?: (id: string) => void;
  /** Height of the plot in pixels; "fill" takes what the parent has. */
  height?: number | "fill";
  state?: ChartState;
  /** Short remarks beside the title: "300 of 12,480 points", "2 bad lines". */
  badges?: readonly string[];
  /** Further controls and remarks, left of the chart's own menu. */
  actions?: ReactNode;
  /** An x shown by other charts of the page, so that their cursors move together. */
  cursorX?: number | null;
  onCursorX?: (x: number | null) => void;
}

const NONE: ReadonlySet<string> = new Set();
const READY: ChartState = { kind: "ready" };

/** Lines over epochs or time, with their own legend, tooltip, zoom, notes and empty, loading and error states. */
export function TimeSeriesChart(props: TimeSeriesChartProps) {
  const [isMaximized, setIsMaximized] = useState(false);
  return (
    <>
      <ChartCard {...props} onMaximize={() => setIsMaximized(true)} />
      <Modal opened={isMaximized} onClose={() => setIsMaximized(false)} title={props.title} fullScreen>
        <div className={classes.fullScreen}>
          <ChartCard {...props} height="fill" isTitleHidden />
        </div>
      </Modal>
    </>
  );
}

interface ChartCardProps extends TimeSeriesChartProps {
  onMaximize?: () => void;
  isTitleHidden?: boolean;
}

function ChartCard(props: ChartCardProps) {
  const {
    title,
    series,
    xKind,
    zoom,
    onZoom,
    hiddenIds = NONE,
    height = 200,
    badges = [],
    onMaximize,
  } = props;
  const state: ChartState = props.state ?? READY;
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const root = useRef<HTMLElement>(null);
  const titleId = useId();
  const shown = useMemo(() => series.filter((one) => !hiddenIds.has(one.id)), [series, hiddenIds]);
  const last =
    series.length === 1 ? series[0]?.points.findLast(([, value]) => value !== null)?.[1] : undefined;
  const isReady = state.kind === "ready" && series.length > 0;
  return (
    <section
      ref={root}
      className={classes.chart}
      data-fill={height === "fill" || undefined}
      aria-labelledby={titleId}
    >
      <header className={classes.header}>
        <h3 id={titleId} className={props.isTitleHidden ? "visually-hidden" : classes.title}>
          {title}
        </h3>
        {badges.map((badge) => (
          <span key={badge} className={classes.badge}>
            {badge}
          </span>
        ))}
        <span className={classes.spacer} />
        {last !== undefined && <span className={classes.last}>{formatNumber(last)}</span>}
        {props.actions}
        {isReady && (
          <ChartMenu
            title={title}
            series={shown}
            xKind={xKind}
            findSvg={() => root.current?.querySelector<SVGSVGElement>("svg.recharts-surface") ?? null}
            onResetZoom={zoom && onZoom ? () => onZoom(null) : undefined}
            onMaximize={onMaximize}
          />
        )}
      </header>
      {isReady && series.length > 1 && (
        <ChartLegend series={series} hiddenIds={hiddenIds} onToggle={props.onToggle} onFocus={setFocusedId} />
      )}
      <div className={classes.body} style={{ height: height === "fill" ? undefined : height }}>
        <ChartBody {...props} state={state} shown={shown} focusedId={focusedId} />
      </div>
    </section>
  );
}

interface ChartBodyProps extends TimeSeriesChartProps {
  state: ChartState;
  shown: readonly Series[];
  focusedId: string | null;
}

function ChartBody({ state, shown, focusedId, ...props }: ChartBodyProps) {
  if (state.kind === "loading") return <LoadingBlock label={`Loading ${props.title}`} />;
  if (state.kind === "error")
    return (
      <ErrorNote title={`${props.title} could not be read`} message={state.message} onRetry={state.onRetry} />
    );
  if (state.kind === "empty" || props.series.length === 0)
    return <Empty title="No points yet">{state.kind === "empty" && state.hint}</Empty>;
  if (shown.length === 0) return <Empty title="All series are hidden">Press one above to show it.</Empty>;
  return <PlotArea {...props} series={shown} focusedIndex={shown.findIndex((one) => one.id === focusedId)} />;
}
