import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { ROW_HEIGHT } from "./TaskRow";
import type { TaskRows } from "./useTaskRows";

interface Anchor {
  id: number;
  index: number;
  key: string;
}

/**
 * Keeps the rows under the reader's eyes where they are when tasks come or go above them. At the top of the list,
 * with the pointer elsewhere, new tasks push the others down: there they are what one waits for.
 */
export function useAnchor(scroller: RefObject<HTMLDivElement | null>, { entries, key }: TaskRows): void {
  const anchor = useRef<Anchor | null>(null);
  const isPointed = useRef(false);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const enter = () => {
      isPointed.current = true;
    };
    const leave = () => {
      isPointed.current = false;
    };
    element.addEventListener("pointermove", enter);
    element.addEventListener("pointerleave", leave);
    return () => {
      element.removeEventListener("pointermove", enter);
      element.removeEventListener("pointerleave", leave);
    };
  }, [scroller]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const old = anchor.current;
    if (old && old.key !== key) element.scrollTop = 0;
    else if (old && (element.scrollTop > 0 || isPointed.current)) {
      const moved = entries.find(({ task }) => task.id === old.id);
      if (moved && moved.index !== old.index) element.scrollTop += (moved.index - old.index) * ROW_HEIGHT;
    }
    const remember = () => {
      const top = Math.floor(element.scrollTop / ROW_HEIGHT);
      const entry = entries.find(({ index }) => index >= top);
      anchor.current = entry ? { id: entry.task.id, index: entry.index, key } : null;
    };
    remember();
    element.addEventListener("scroll", remember, { passive: true });
    return () => element.removeEventListener("scroll", remember);
  }, [scroller, entries, key]);
}
