import { IconArrowDown, IconArrowUp, IconSelector } from "@tabler/icons-react";
import { leastWidth, type TrialColumn } from "./columns";
import { headerRole, ROW_GROUP, rowRole } from "./roles";
import classes from "./table.module.css";

interface HeaderRowProps {
  columns: readonly TrialColumn[];
  template: string;
  sort: string;
  onSort: (sort: string) => void;
}

/** The names of the columns; each sorts, ascending first, then descending. */
export function HeaderRow({ columns, template, sort, onSort }: HeaderRowProps) {
  return (
    <div {...ROW_GROUP} style={{ display: "contents" }}>
      <div
        className={classes.header}
        {...rowRole(1)}
        style={{ gridTemplateColumns: template, minWidth: leastWidth(columns) }}
      >
        {columns.map((column, at) => {
          const isSorted = sort.replace(/^-/, "") === column.id;
          const isDescending = isSorted && sort.startsWith("-");
          const Icon = !isSorted ? IconSelector : isDescending ? IconArrowDown : IconArrowUp;
          return (
            <div
              key={column.id}
              className={classes.headerCell}
              data-numeric={column.isNumeric || undefined}
              {...headerRole(at + 1, !isSorted ? "none" : isDescending ? "descending" : "ascending")}
            >
              <button
                type="button"
                title={column.title}
                onClick={() => onSort(isSorted && !isDescending ? `-${column.id}` : column.id)}
              >
                <span>{column.label}</span>
                <Icon size={13} aria-hidden />
              </button>
            </div>
          );
        })}
      </div>
    </div>
  );
}
