import { IconArrowDown, IconArrowUp, IconSelector } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./hpsearch.module.css";

interface SortHeaderProps {
  /** What a click sorts by. */
  sortKey: string;
  /** The order in force: "key" or "-key". */
  sort: string;
  onSort: (sort: string) => void;
  isNumeric?: boolean;
  children: ReactNode;
}

/** A column's header that sorts: ascending first, then descending. */
export function SortHeader({ sortKey, sort, onSort, isNumeric = false, children }: SortHeaderProps) {
  const isSorted = sort.replace(/^-/, "") === sortKey;
  const isDescending = isSorted && sort.startsWith("-");
  const Icon = !isSorted ? IconSelector : isDescending ? IconArrowDown : IconArrowUp;
  return (
    <th
      scope="col"
      aria-sort={isSorted ? (isDescending ? "descending" : "ascending") : "none"}
      data-numeric={isNumeric || undefined}
    >
      <button
        type="button"
        className={classes.sort}
        onClick={() => onSort(isSorted && !isDescending ? `-${sortKey}` : sortKey)}
      >
        {children}
        <Icon size={13} aria-hidden />
      </button>
    </th>
  );
}
