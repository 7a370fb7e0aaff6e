/**
 * The roles of a table whose rows are virtual, to be spread into elements. The linter would have a <table> with rows
 * that take the focus; but these rows are placed by transforms, and the focus stays on the grid, which names its
 * active row.
 */

interface GridFacts {
  label: string;
  /** The header counts. */
  numRows: number;
  numColumns: number;
  isBusy: boolean;
  /** The document's id of the row that the keys act on. */
  activeRow: string | undefined;
}

export const gridRole = ({ label, numRows, numColumns, isBusy, activeRow }: GridFacts) => ({
  role: "grid",
  tabIndex: 0,
  "aria-label": label,
  "aria-rowcount": numRows,
  "aria-colcount": numColumns,
  "aria-multiselectable": true,
  "aria-busy": isBusy,
  "aria-activedescendant": activeRow,
});

export const ROW_GROUP = { role: "rowgroup" } as const;

/** `place` counts from 1, the header first; only rows of the body can be selected. */
export const rowRole = (place: number, isSelected?: boolean) => ({
  role: "row",
  "aria-rowindex": place,
  "aria-selected": isSelected,
});

export const columnHeaderRole = (place: number, sort?: "ascending" | "descending" | "none") => ({
  role: "columnheader",
  "aria-colindex": place,
  "aria-sort": sort,
});

export const cellRole = (place: number) => ({ role: "gridcell", "aria-colindex": place });

/** A focusable, movable separator, which <hr> is not. */
export const handleRole = (label: string, now: number, least: number, most: number) => ({
  role: "separator",
  tabIndex: 0,
  "aria-orientation": "vertical" as const,
  "aria-label": label,
  "aria-valuenow": now,
  "aria-valuemin": least,
  "aria-valuemax": most,
});
