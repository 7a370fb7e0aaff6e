import { IconArrowDown, IconArrowUp, IconSelector } from "@tabler/icons-react";
import { type DragEvent, type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { clampedWidth, LEAST_WIDTH, MOST_WIDTH } from "./columnState";
import type { ShownColumn } from "./gridColumns";
import { columnHeaderRole, handleRole } from "./gridRoles";
import type { SortKey } from "./searchParams";
import classes from "./TaskGrid.module.css";

interface HeaderCellProps {
  column: ShownColumn;
  /** From 1, as screen readers count. */
  place: number;
  sort: SortKey | undefined;
  onSort: (isAdded: boolean) => void;
  /** While the handle is dragged, and at its end. */
  onResize: (width: number, isDone: boolean) => void;
  /** Another column was dropped on this one. */
  onDropped: (id: string) => void;
}

const DRAGGED = "application/x-hypertrainer-column";
const STEP = 10;

/** A column's name: sorts on a click, moves when dragged, and has a handle for its width. */
export function HeaderCell({ column, place, sort, onSort, onResize, onDropped }: HeaderCellProps) {
  const cell = useRef<HTMLDivElement>(null);
  const [isDropping, setIsDropping] = useState(false);
  const { id, label, sortKey, longLabel } = column;
  const dragging = {
    draggable: true,
    onDragStart: (event: DragEvent) => event.dataTransfer.setData(DRAGGED, id),
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes(DRAGGED)) return;
      event.preventDefault();
      setIsDropping(true);
    },
    onDragLeave: () => setIsDropping(false),
    onDrop: (event: DragEvent) => {
      setIsDropping(false);
      onDropped(event.dataTransfer.getData(DRAGGED));
    },
  };
  return (
    <div
      ref={cell}
      className={classes.headerCell}
      {...columnHeaderRole(place, sortKey ? ariaSort(sort) : undefined)}
      data-numeric={column.isNumeric || undefined}
      data-dropping={isDropping || undefined}
      {...dragging}
    >
      {sortKey ? (
        <button
          type="button"
          className={classes.headerButton}
          title={`Sort by ${longLabel ?? label}. With Shift: then by it.`}
          onClick={(event) => onSort(event.shiftKey)}
        >
          <span className={classes.headerLabel}>{label}</span>
          <SortIcon sort={sort} />
        </button>
      ) : (
        <span className={classes.headerButton} title={longLabel ?? label}>
          <span className={classes.headerLabel}>{label}</span>
        </span>
      )}
      <ResizeHandle
        label={label}
        widthNow={() => column.chosenWidth ?? cell.current?.offsetWidth ?? column.width}
        chosenWidth={column.chosenWidth ?? column.width}
        onResize={onResize}
      />
    </div>
  );
}

function SortIcon({ sort }: { sort: SortKey | undefined }) {
  const Icon = sort ? (sort.isDescending ? IconArrowDown : IconArrowUp) : IconSelector;
  return <Icon size={13} className={classes.sortIcon} aria-hidden />;
}

function ariaSort(sort: SortKey | undefined): "ascending" | "descending" | "none" {
  if (!sort) return "none";
  return sort.isDescending ? "descending" : "ascending";
}

interface ResizeHandleProps {
  label: string;
  widthNow: () => number;
  chosenWidth: number;
  onResize: (width: number, isDone: boolean) => void;
}

/** Dragged, or moved with the arrow keys (with Shift further). */
function ResizeHandle({ label, widthNow, chosenWidth, onResize }: ResizeHandleProps) {
  const start = useRef<{ x: number; width: number } | null>(null);
  const widthAt = (event: PointerEvent) =>
    start.current ? clampedWidth(start.current.width + event.clientX - start.current.x) : null;
  const end = (event: PointerEvent) => {
    const width = widthAt(event);
    if (width !== null && start.current && event.clientX !== start.current.x) onResize(width, true);
    start.current = null;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: -STEP, ArrowRight: STEP };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onResize(clampedWidth(widthNow() + step * (event.shiftKey ? 5 : 1)), true);
  };
  const handlers = {
    onDragStart: (event: DragEvent) => {
      event.preventDefault();
      event.stopPropagation();
    },
    onPointerDown: (event: PointerEvent) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      start.current = { x: event.clientX, width: widthNow() };
    },
    onPointerMove: (event: PointerEvent) => {
      const width = widthAt(event);
      if (width !== null) onResize(width, false);
    },
    onPointerUp: end,
    onPointerCancel: end,
    onKeyDown,
  };
  return (
    <div
      className={classes.handle}
      draggable
      {...handleRole(`Width of ${label}`, chosenWidth, LEAST_WIDTH, MOST_WIDTH)}
      {...handlers}
    />
  );
}
