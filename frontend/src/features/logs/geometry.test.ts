import { describe, expect, it } from "vitest";
import {
  centredOn,
  contentHeight,
  endPosition,
  LINE_HEIGHT,
  MAX_HEIGHT,
  movedBy,
  positionOf,
  START,
  scrollTopOf,
  visibleLines,
} from "./geometry";

const fixed = () => LINE_HEIGHT;
const viewport = 400;

describe.each([10, 23, 1000, 10_000_000])("a log of %d lines", (lines) => {
  const end = endPosition(lines, viewport, fixed);
  const scrollable = contentHeight(lines) - viewport;

  it("ends with its last line at the bottom", () => {
    const shown = lines * LINE_HEIGHT - (end.line * LINE_HEIGHT + end.offset);
    expect(shown).toBe(Math.min(viewport, lines * LINE_HEIGHT));
  });

  it("never makes the browser place anything too far down", () => {
    expect(contentHeight(lines)).toBeLessThanOrEqual(MAX_HEIGHT);
  });

  it("the scroll bar and the position agree", () => {
    for (const fraction of [0, 0.1, 0.5, 0.999, 1]) {
      const top = Math.max(0, scrollable) * fraction;
      const position = positionOf(top, end, scrollable, fixed);
      expect(scrollTopOf(position, end, Math.max(0, scrollable), fixed)).toBeCloseTo(top, 3);
    }
  });

  it("a wheel notch is a notch, whatever the length", () => {
    const middle = { line: Math.floor(end.line / 2), offset: 0 };
    const moved = movedBy(middle, 100, end, fixed);
    const distance = (moved.line - middle.line) * LINE_HEIGHT + moved.offset;
    expect(distance).toBe(Math.min(100, (end.line - middle.line) * LINE_HEIGHT + end.offset));
    expect(movedBy(moved, -100, end, fixed)).toEqual(lines > 100 ? middle : START);
  });

  it("stops at both ends", () => {
    expect(movedBy(START, -500, end, fixed)).toEqual(START);
    expect(movedBy(end, 500, end, fixed)).toEqual(end);
  });
});

it("without scaling, a pixel of the scroll bar is a pixel of text", () => {
  const end = endPosition(1000, viewport, fixed);
  expect(positionOf(1807, end, 1000 * LINE_HEIGHT - viewport, fixed)).toEqual({
    line: 100,
    offset: expect.closeTo(7, 5),
  });
});

it("lines of different heights are walked one by one", () => {
  const heights = [18, 54, 18, 90, 18, 18];
  const heightOf = (line: number) => heights[line] ?? 18;
  const end = endPosition(6, 60, heightOf);
  expect(end).toEqual({ line: 3, offset: 66 });
  expect(movedBy(START, 80, end, heightOf)).toEqual({ line: 2, offset: 8 });
  expect(movedBy({ line: 2, offset: 8 }, -80, end, heightOf)).toEqual(START);
});

it("draws what fills the viewport and a few around", () => {
  expect(visibleLines({ line: 50, offset: 6 }, 1000, viewport, 5, fixed)).toEqual({
    first: 45,
    last: 78,
    shift: -96,
  });
  expect(visibleLines(START, 3, viewport, 5, fixed)).toEqual({ first: 0, last: 3, shift: -0 });
});

it("a match is shown in the middle", () => {
  const end = endPosition(1000, viewport, fixed);
  const position = centredOn(500, viewport, end, fixed);
  expect(position.line).toBeGreaterThan(485);
  expect(position.line).toBeLessThan(495);
  expect(centredOn(0, viewport, end, fixed)).toEqual(START);
  expect(centredOn(999, viewport, end, fixed)).toEqual(end);
});
