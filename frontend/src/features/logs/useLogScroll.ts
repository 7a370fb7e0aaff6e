import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import {
  centredOn,
  clamped,
  contentHeight,
  endPosition,
  LINE_HEIGHT,
  MAX_HEIGHT,
  movedBy,
  type Position,
  positionOf,
  START,
  scrollTopOf,
  visibleLines,
} from "./geometry";

/** Scrolling up by less than this does not end following. */
const LEAVE_AFTER = 40;
const OVERSCAN = 12;

interface LogScrollOptions {
  lines: number;
  isWrapped: boolean;
  isFollowing: boolean;
  onFollow: (isFollowing: boolean) => void;
}

/** The reader's place in the log and everything that moves it: scroll bar, wheel, keys, jumps, growth. */
export function useLogScroll({ lines, isWrapped, isFollowing, onFollow }: LogScrollOptions) {
  const scroller = useRef<HTMLDivElement>(null);
  const viewport = useViewport(scroller);
  const { heightOf, measure } = useHeights(isWrapped, viewport.width);
  const [place, setPlace] = useState<Position>(START);
  const knownTop = useRef(0);

  const end = endPosition(lines, viewport.height, heightOf);
  const position = isFollowing ? end : clamped(place, end);
  const scrollable = Math.max(0, contentHeight(lines) - viewport.height);
  const isOwnWheel = isWrapped || lines * LINE_HEIGHT > MAX_HEIGHT;

  const moveTo = (next: Position) => {
    setPlace(next);
    if (isFollowing) onFollow(false);
  };
  const moveBy = (delta: number) => {
    const next = movedBy(position, delta, end, heightOf);
    const isAtEnd = next.line === end.line && next.offset === end.offset;
    if (isAtEnd && delta > 0) onFollow(true);
    else moveTo(next);
  };

  const onScroll = () => {
    const top = scroller.current?.scrollTop ?? 0;
    if (Math.abs(top - knownTop.current) < 0.5) return;
    if (isFollowing && !isOwnWheel && scrollable - top < LEAVE_AFTER) return;
    knownTop.current = top;
    if (scrollable - top < 1) onFollow(true);
    else moveTo(positionOf(top, end, scrollable, heightOf));
  };

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const top = scrollTopOf(position, end, scrollable, heightOf);
    if (Math.abs(element.scrollTop - top) > 1) element.scrollTop = top;
    knownTop.current = element.scrollTop;
    measure(element);
  });

  useWheel(scroller, isOwnWheel, moveBy);
  return {
    scroller,
    onScroll,
    onKeyDown: (event: KeyboardEvent) =>
      onKey(
        event,
        viewport.height,
        moveBy,
        () => moveTo(START),
        () => onFollow(true),
      ),
    shown: visibleLines(position, lines, viewport.height, OVERSCAN, heightOf),
    viewportHeight: viewport.height,
    restHeight: scrollable,
    topLine: position.line,
    toStart: () => moveTo(START),
    toLine: (line: number) => moveTo(centredOn(line, viewport.height, end, heightOf)),
  };
}

function onKey(
  event: KeyboardEvent,
  height: number,
  moveBy: (delta: number) => void,
  toStart: () => void,
  toEnd: () => void,
): void {
  const page = Math.max(LINE_HEIGHT, height - 2 * LINE_HEIGHT);
  const moves: Record<string, number> = {
    ArrowDown: LINE_HEIGHT,
    ArrowUp: -LINE_HEIGHT,
    PageDown: page,
    PageUp: -page,
  };
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const delta = moves[event.key];
  if (delta !== undefined) moveBy(delta);
  else if (event.key === "Home") toStart();
  else if (event.key === "End") toEnd();
  else return;
  event.preventDefault();
}

/** The inner size of the scrolled element, without its scroll bars. */
function useViewport(scroller: { current: HTMLDivElement | null }) {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const read = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    read();
    const observer = new ResizeObserver(read);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  return size;
}

/** Heights of wrapped lines as they were last drawn; without wrapping all are alike. */
function useHeights(isWrapped: boolean, width: number) {
  const [, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another width makes all heights void
  const heights = useMemo(() => new Map<number, number>(), [isWrapped, width]);
  const heightOf = (line: number) => heights.get(line) ?? LINE_HEIGHT;
  const measure = (element: HTMLElement) => {
    if (!isWrapped) return;
    let hasChanged = false;
    for (const row of element.querySelectorAll<HTMLElement>("[data-line]")) {
      const line = Number(row.dataset["line"]);
      if (heightOf(line) === row.offsetHeight) continue;
      heights.set(line, row.offsetHeight);
      hasChanged = true;
    }
    if (hasChanged) setRound((round) => round + 1);
  };
  return { heightOf, measure };
}

/** Takes the wheel over where a pixel of the scroll bar is not a pixel of text. */
function useWheel(
  scroller: { current: HTMLDivElement | null },
  isOwn: boolean,
  moveBy: (delta: number) => void,
) {
  const move = useRef(moveBy);
  move.current = moveBy;
  useEffect(() => {
    const element = scroller.current;
    if (!element || !isOwn) return;
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
      event.preventDefault();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_HEIGHT : 1;
      move.current(event.deltaY * unit);
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [scroller, isOwn]);
}
