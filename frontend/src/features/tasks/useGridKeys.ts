import type { KeyboardEvent } from "react";

export interface GridKeys {
  /** The row the keys act on. */
  cursor: number | null;
  total: number;
  pageRows: number;
  /** Undefined while the row is on its way. */
  idAt: (index: number) => number | undefined;
  onCursor: (index: number) => void;
  onOpen: (id: number) => void;
  onSelect: (index: number, id: number, isRange: boolean) => void;
  onSelectAll: (isSelected: boolean) => void;
  onEscape: () => void;
}

/** Where a key moves the cursor; undefined for keys that do not move it. */
export function movedCursor(
  key: string,
  keys: Pick<GridKeys, "cursor" | "total" | "pageRows">,
): number | undefined {
  const at = keys.cursor ?? -1;
  const moves: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    j: at + 1,
    k: at - 1,
    PageDown: at + keys.pageRows,
    PageUp: at - keys.pageRows,
    Home: 0,
    End: keys.total - 1,
  };
  const to = moves[key];
  return to === undefined || keys.total === 0 ? undefined : Math.min(keys.total - 1, Math.max(0, to));
}

/** Arrow keys move (with Shift they select), Enter opens, Space or x selects, Ctrl+A selects all, Escape leaves. */
export function useGridKeys(keys: GridKeys) {
  return (event: KeyboardEvent<HTMLElement>) => {
    if (!isOfRows(event)) return;
    const { cursor } = keys;
    const id = cursor === null ? undefined : keys.idAt(cursor);
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
      event.preventDefault();
      return keys.onSelectAll(true);
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return keys.onEscape();
    const to = movedCursor(event.key, keys);
    if (to !== undefined) {
      event.preventDefault();
      keys.onCursor(to);
      const target = keys.idAt(to);
      if (event.shiftKey && target !== undefined) keys.onSelect(to, target, true);
      return;
    }
    if (cursor === null || id === undefined) return;
    if (event.key === "Enter") keys.onOpen(id);
    else if (event.key === " " || event.key === "x") keys.onSelect(cursor, id, event.shiftKey);
    else return;
    event.preventDefault();
  };
}

/** The grid itself or a row has the focus, not a button or handle of the header. */
function isOfRows(event: KeyboardEvent<HTMLElement>): boolean {
  const { target, currentTarget } = event;
  if (target === currentTarget) return true;
  return target instanceof Element && target.closest("[data-task]") !== null;
}
