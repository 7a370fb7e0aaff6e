import { flexRender, type Row } from "@tanstack/react-table";
import { type MouseEvent, memo } from "react";
import type { Task } from "~/api/client";
import type { ShownColumn } from "./gridColumns";
import { cellRole, rowRole } from "./gridRoles";
import type { features } from "./TaskGrid";
import classes from "./TaskGrid.module.css";

interface TaskRowProps {
  row: Row<typeof features, Task>;
  /** Place in the whole list, from 0. */
  index: number;
  columns: readonly ShownColumn[];
  template: string;
  isSelected: boolean;
  isOpen: boolean;
  isCursor: boolean;
  /** A click on the row, or on its check box; the grid knows what it means. */
  onPress: (event: MouseEvent, index: number, id: number, isCheck: boolean) => void;
}

export const ROW_HEIGHT = 36;

/** One task. Drawn again only when something of it changed, however often the list does. */
export const TaskRow = memo(
  function TaskRow(props: TaskRowProps) {
    const { row, index, columns, template, isSelected, isOpen, isCursor, onPress } = props;
    const { id, name } = row.original;
    return (
      <div
        id={rowId(id)}
        className={classes.row}
        {...rowRole(index + 2, isSelected)}
        {...{ onClick: (event: MouseEvent) => onPress(event, index, id, false) }}
        data-open={isOpen || undefined}
        data-cursor={isCursor || undefined}
        data-task={id}
        style={{ transform: `translateY(${index * ROW_HEIGHT}px)`, gridTemplateColumns: template }}
      >
        <div className={classes.check} {...cellRole(1)}>
          <input
            type="checkbox"
            checked={isSelected}
            readOnly
            aria-label={`Select ${name} #${id}`}
            onClick={(event) => {
              event.stopPropagation();
              onPress(event, index, id, true);
            }}
          />
        </div>
        {row.getAllCells().map((cell, at) => (
          <div
            key={cell.id}
            className={classes.cell}
            {...cellRole(at + 2)}
            data-numeric={columns[at]?.isNumeric || undefined}
          >
            {flexRender(cell.column.columnDef.cell, cell.getContext())}
          </div>
        ))}
      </div>
    );
  },
  (old, next) =>
    old.row.original === next.row.original &&
    old.index === next.index &&
    old.columns === next.columns &&
    old.template === next.template &&
    old.isSelected === next.isSelected &&
    old.isOpen === next.isOpen &&
    old.isCursor === next.isCursor &&
    old.onPress === next.onPress,
);

/** The id of a task's row in the document. */
export function rowId(taskId: number): string {
  return `task-row-${taskId}`;
}
