/**
 * The roles of a table whose rows are virtual, to be spread into elements. The focus stays on the grid, which names
 * its active row; the linter would have a <table> with rows that take the focus.
 */
export const gridRole = (
  label: string,
  numRows: number,
  numColumns: number,
  activeRow: string | undefined,
) => ({
  role: "grid",
  tabIndex: 0,
  "aria-label": label,
  "aria-rowcount": numRows,
  "aria-colcount": numColumns,
  "aria-activedescendant": activeRow,
});

export const ROW_GROUP = { role: "rowgroup" } as const;

/** `place` counts from 1, the header first. */
export const rowRole = (place: number, isSelected?: boolean) => ({
  role: "row",
  "aria-rowindex": place,
  "aria-selected": isSelected,
});

export const headerRole = (place: number, sort: "ascending" | "descending" | "none") => ({
  role: "columnheader",
  "aria-colindex": place,
  "aria-sort": sort,
});

export const cellRole = (place: number) => ({ role: "gridcell", "aria-colindex": place });

/** Where a key moves the marked row; undefined for keys that do not move it. */
export function movedRow(key: string, at: number, count: number, pageRows: number): number | undefined {
  const moves: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    j: at + 1,
    k: at - 1,
    PageDown: at + pageRows,
    PageUp: at - pageRows,
    Home: 0,
    End: count - 1,
  };
  const to = moves[key];
  return to === undefined || count === 0 ? undefined : Math.min(count - 1, Math.max(0, to));
}
