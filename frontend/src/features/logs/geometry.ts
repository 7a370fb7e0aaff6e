/**
 * Where the reader is in a log of any length. The truth is a line and how much of it is above the viewport; the
 * browser's scroll bar only maps to it, because beyond some 16 million pixels it cannot place rows exactly.
 */

export const LINE_HEIGHT = 18;
/** The scrolled area is never taller; above that, one pixel of the scroll bar stands for several of text. */
export const MAX_HEIGHT = 8_000_000;

/** The line at the top of the viewport, and the pixels of it that are above the viewport. */
export interface Position {
  line: number;
  offset: number;
}

/** Height of a line in pixels; an estimate where it was never drawn. */
export type HeightOf = (line: number) => number;

export const START: Position = { line: 0, offset: 0 };

export function contentHeight(lines: number): number {
  return Math.min(lines * LINE_HEIGHT, MAX_HEIGHT);
}

/** The position that shows the last line at the bottom of the viewport. */
export function endPosition(lines: number, viewport: number, heightOf: HeightOf): Position {
  let room = viewport;
  for (let line = lines - 1; line >= 0; line -= 1) {
    const height = heightOf(line);
    if (height >= room) return { line, offset: height - room };
    room -= height;
  }
  return START;
}

/** The position `delta` pixels further down (negative: up), not before the start nor after the end. */
export function movedBy(position: Position, delta: number, end: Position, heightOf: HeightOf): Position {
  let { line } = position;
  let offset = position.offset + delta;
  while (offset < 0 && line > 0) {
    line -= 1;
    offset += heightOf(line);
  }
  while (line < end.line && offset >= heightOf(line)) {
    offset -= heightOf(line);
    line += 1;
  }
  return clamped({ line, offset: Math.max(0, offset) }, end);
}

export function clamped(position: Position, end: Position): Position {
  const isPastEnd = position.line > end.line || (position.line === end.line && position.offset > end.offset);
  return isPastEnd ? end : position;
}

/** The position with `line` in the middle of the viewport. */
export function centredOn(line: number, viewport: number, end: Position, heightOf: HeightOf): Position {
  return movedBy({ line, offset: 0 }, -(viewport - LINE_HEIGHT) / 2, end, heightOf);
}

function inLines({ line, offset }: Position, heightOf: HeightOf): number {
  return line + offset / heightOf(line);
}

/** Where the scroll bar stands for a position. `scrollable` is content height less the viewport's. */
export function scrollTopOf(
  position: Position,
  end: Position,
  scrollable: number,
  heightOf: HeightOf,
): number {
  const whole = inLines(end, heightOf);
  return whole <= 0 ? 0 : (inLines(position, heightOf) / whole) * scrollable;
}

/** The position that a scroll bar stands for. */
export function positionOf(
  scrollTop: number,
  end: Position,
  scrollable: number,
  heightOf: HeightOf,
): Position {
  if (scrollable <= 0) return START;
  const lines = Math.min(1, Math.max(0, scrollTop / scrollable)) * inLines(end, heightOf);
  const line = Math.floor(lines + 1e-9);
  return clamped({ line, offset: Math.max(0, lines - line) * heightOf(line) }, end);
}

/** Lines to draw: from the position until the viewport is full, and some on either side. */
export function visibleLines(
  position: Position,
  lines: number,
  viewport: number,
  overscan: number,
  heightOf: HeightOf,
): { first: number; last: number; shift: number } {
  let first = position.line;
  let shift = -position.offset;
  while (first > 0 && position.line - first < overscan) {
    first -= 1;
    shift -= heightOf(first);
  }
  let last = position.line;
  for (let filled = -position.offset; last < lines && filled < viewport; last += 1) filled += heightOf(last);
  return { first, last: Math.min(lines, last + overscan), shift };
}
