import { list, number, oneOf, type SearchOf, text } from "~/lib/urlState";

/** What the URL says about charts, on every page that has some. */
export const chartReaders = {
  x: oneOf("epoch", "time", "elapsed"),
  /** Metrics whose value axis is logarithmic. */
  log: list(text()),
  /** Weight of the moving average. */
  smooth: number(0, 0.99),
  /** Metrics shown; none means all. */
  metric: list(text()),
  /** Zoomed charts: "loss:10..20". */
  zoom: list(text()),
  /** Hidden series by chart: "IoU:road". */
  hide: list(text()),
};

export type ChartSearch = SearchOf<typeof chartReaders>;
export type Range = readonly [number, number];

/** The zoom of one chart among all zooms of the page. */
export function zoomOf(zooms: readonly string[] | undefined, chart: string): Range | null {
  const text = zooms?.find((zoom) => chartOf(zoom) === chart);
  const [from, to] = (text?.slice(chart.length + 1) ?? "").split("..").map(Number);
  if (from === undefined || to === undefined || !Number.isFinite(from) || !Number.isFinite(to)) return null;
  return from < to ? [from, to] : null;
}

export function withZoom(
  zooms: readonly string[] | undefined,
  chart: string,
  range: Range | null,
): string[] | undefined {
  const others = (zooms ?? []).filter((zoom) => chartOf(zoom) !== chart);
  const all = range ? [...others, `${chart}:${short(range[0])}..${short(range[1])}`] : others;
  return all.length > 0 ? all : undefined;
}

/** The name before the last colon: names of metrics may have colons themselves, ranges have none. */
function chartOf(zoom: string): string {
  return zoom.slice(0, Math.max(0, zoom.lastIndexOf(":")));
}

/** A millisecond, or a ten-millionth of the value: enough for a link. */
function short(value: number): number {
  return Math.abs(value) >= 1e6 ? Math.round(value * 1000) / 1000 : Number(value.toPrecision(8));
}

/** The hidden series of one chart. */
export function hiddenOf(hide: readonly string[] | undefined, chart: string): Set<string> {
  const mine = (hide ?? []).filter((text) => text.startsWith(`${chart}:`));
  return new Set(mine.map((text) => text.slice(chart.length + 1)));
}

export function withHidden(
  hide: readonly string[] | undefined,
  chart: string,
  seriesId: string,
): string[] | undefined {
  return withToggled(hide, `${chart}:${seriesId}`);
}

/** The texts with one added or taken away; undefined when none is left. */
export function withToggled(texts: readonly string[] | undefined, text: string): string[] | undefined {
  const rest = (texts ?? []).filter((other) => other !== text);
  const all = rest.length === (texts ?? []).length ? [...rest, text] : rest;
  return all.length > 0 ? all : undefined;
}
