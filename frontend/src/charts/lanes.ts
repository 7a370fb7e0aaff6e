import type { Ink } from "./CanvasPlot";
import type { Geometry } from "./placing";
import { trace } from "./shapes";

/** Something that takes a time in a row of its own for as long. */
export interface Bar {
  id: number;
  row: number;
  /** Unix seconds. */
  from: number;
  to: number;
  /** "var(--series-1)". */
  color: string;
  /** How it is drawn beside its colour: filled, an outline for what still goes on, hatched for what went wrong. */
  fill: "solid" | "open" | "hatched";
  /** A dark end: it was ended before its time. */
  isCut: boolean;
  isFaint: boolean;
  /** A mark in its middle: it is what all this was for. */
  isBest: boolean;
}

/** Bars closer to nothing than this many pixels are still drawn so wide. */
const NARROWEST = 2;

/** A bar's rectangle. */
export function barBox(
  bar: Bar,
  { x, y, area }: Geometry,
): { x: number; y: number; width: number; height: number } {
  const [top, bottom] = [y.to(bar.row), y.to(bar.row + 1)];
  const gap = bottom - top > 6 ? 2 : bottom - top > 3 ? 1 : 0;
  const from = Math.max(area.left - 4, x.to(bar.from));
  const to = Math.min(area.left + area.width + 4, x.to(bar.to));
  return { x: from, y: top + gap / 2, width: Math.max(NARROWEST, to - from), height: bottom - top - gap };
}

/** The bar at a place; of two that touch the later one. */
export function barAt(bars: readonly Bar[], geometry: Geometry, x: number, y: number): Bar | null {
  const row = Math.floor(geometry.y.from(y));
  return (
    bars.findLast((bar) => {
      if (bar.row !== row) return false;
      const box = barBox(bar, geometry);
      return x >= box.x - 1 && x <= box.x + box.width + 1;
    }) ?? null
  );
}

export function paintBars(
  context: CanvasRenderingContext2D,
  bars: readonly Bar[],
  geometry: Geometry,
  ink: Ink,
): void {
  const { left, width } = geometry.area;
  context.lineWidth = 1;
  for (const bar of bars) {
    const box = barBox(bar, geometry);
    if (box.x > left + width || box.x + box.width < left) continue;
    context.globalAlpha = bar.isFaint ? 0.2 : 1;
    context.fillStyle = context.strokeStyle = ink(bar.color);
    paintBar(context, bar, box);
    if (bar.isCut) {
      context.fillStyle = ink("var(--text)");
      context.fillRect(box.x + box.width - 2, box.y, 2, box.height);
    }
    if (bar.isBest) star(context, box, ink("var(--surface-card)"));
  }
  context.globalAlpha = 1;
}

/** A diamond, as the best trial has in the other charts. */
function star(context: CanvasRenderingContext2D, { x, y, width, height }: Box, color: string): void {
  context.globalAlpha = 1;
  context.fillStyle = color;
  context.beginPath();
  trace(context, "diamond", x + width / 2, y + height / 2, Math.max(2, height / 3.5));
  context.fill();
}

type Box = ReturnType<typeof barBox>;

function paintBar(context: CanvasRenderingContext2D, { fill, isFaint }: Bar, box: Box): void {
  const alpha = isFaint ? 0.2 : 1;
  if (fill === "solid") {
    context.globalAlpha = 0.8 * alpha;
    context.fillRect(box.x, box.y, box.width, box.height);
    return;
  }
  context.globalAlpha = 0.3 * alpha;
  context.fillRect(box.x, box.y, box.width, box.height);
  context.globalAlpha = alpha;
  context.strokeRect(box.x + 0.5, box.y + 0.5, Math.max(1, box.width - 1), Math.max(1, box.height - 1));
  if (fill === "hatched") hatch(context, box);
}

/** Slanting lines, 5 pixels apart. */
function hatch(context: CanvasRenderingContext2D, { x, y, width, height }: Box): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.beginPath();
  for (let at = x - height; at < x + width; at += 5) {
    context.moveTo(at, y + height);
    context.lineTo(at + height, y);
  }
  context.stroke();
  context.restore();
}
