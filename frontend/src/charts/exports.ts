import { csvText } from "~/lib/csv";
import { downloadBlob, downloadText, fileName } from "~/lib/download";
import { standaloneSvg, svgToPng } from "~/lib/svgImage";
import type { XKind } from "./axes";
import type { Series } from "./series";

/** The points as measured, one a row, with the extremes each stands for where the server sent a summary. */
export function seriesCsv(series: readonly Series[], xKind: XKind): string {
  const hasBands = series.some((one) => one.bands && one.bands.length > 0);
  const head = [
    "series",
    xKind === "epoch" ? "epoch" : `${xKind}_seconds`,
    "value",
    ...(hasBands ? ["min", "max"] : []),
  ];
  const rows = series.flatMap(({ label, points, bands }) => {
    const bandAt = new Map(bands?.map(([x, low, high]) => [x, [low, high]]));
    return points.map(([x, value]) => [
      label,
      x,
      value ?? "nan",
      ...(hasBands ? (bandAt.get(x) ?? [value, value]) : []),
    ]);
  });
  return csvText([head, ...rows]);
}

export function downloadCsv(title: string, series: readonly Series[], xKind: XKind): void {
  downloadText(fileName(title, "csv"), seriesCsv(series, xKind), "text/csv");
}

/** Saves the drawn chart with its title and legend. Rejects where the browser cannot draw it. */
export async function downloadImage(
  kind: "svg" | "png",
  title: string,
  series: readonly Series[],
  svg: SVGSVGElement,
): Promise<void> {
  const legend = series.length > 1 ? series.map(({ label, color, dash }) => ({ label, color, dash })) : [];
  const text = standaloneSvg(svg, { title, legend });
  if (kind === "svg") downloadText(fileName(title, "svg"), text, "image/svg+xml");
  else downloadBlob(fileName(title, "png"), await svgToPng(text));
}
