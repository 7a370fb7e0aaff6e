import { columnSizingFeature, createColumnHelper, tableFeatures, useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Task } from "~/api/client";
import { GhostRow } from "./GhostRow";
import { gridTemplate, leastWidth, type ShownColumn } from "./gridColumns";
import { columnHeaderRole, gridRole, ROW_GROUP, rowRole } from "./gridRoles";
import { HeaderCell } from "./HeaderCell";
import { RowHoverCard } from "./RowHoverCard";
import { parseSort } from "./searchParams";
import { TaskCell } from "./TaskCells";
import classes from "./TaskGrid.module.css";
import { ROW_HEIGHT, rowId, TaskRow } from "./TaskRow";
import { useAnchor } from "./useAnchor";
import { type GridKeys, useGridKeys } from "./useGridKeys";
import type { TaskRows, VisibleRange } from "./useTaskRows";

/** Sorting, filtering and paging are the server's; of the table library we use columns, widths and rows. */
export const features = tableFeatures({ columnSizingFeature });
const helper = createColumnHelper<typeof features, Task>();
const HEADER_HEIGHT = 32;

export interface TaskGridProps {
  rows: TaskRows;
  columns: readonly ShownColumn[];
  sort: string;
  onSort: (key: string, isAdded: boolean) => void;
  onResize: (id: string, width: number, isDone: boolean) => void;
  onMove: (id: string, before: string) => void;
  onVisible: (range: VisibleRange) => void;
  selection: ReadonlySet<number>;
  /** Selects rows, or leaves them, from the one pressed last. */
  onSelect: (index: number, id: number, isRange: boolean) => void;
  isAllSelected: boolean;
  onSelectAll: (isSelected: boolean) => void;
  openId: number | undefined;
  onOpen: (id: number) => void;
  onEscape: () => void;
}

/** The virtual table: a row is made when it is near the view, and asked for page by page. */
export function TaskGrid(props: TaskGridProps) {
  const { rows, columns, openId, selection, onOpen, onSelect, onVisible } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const template = useMemo(() => gridTemplate(columns), [columns]);
  const table = useTaskTable(rows, columns);
  const total = rows.total ?? 0;
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    scrollPaddingStart: HEADER_HEIGHT,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => onVisible([first, last]), [first, last, onVisible]);
  useAnchor(scroller, rows);

  const byIndex = useMemo(
    () => new Map(rows.entries.map(({ index }, at) => [index, table.getRowModel().rows[at]])),
    [rows.entries, table],
  );
  const press = useCallback(
    (event: MouseEvent, index: number, id: number, isCheck: boolean) => {
      if (!isCheck && (event.ctrlKey || event.metaKey) && isLink(event.target)) return;
      if (!isCheck) event.preventDefault();
      setCursor(index);
      scroller.current?.focus({ preventScroll: true });
      if (isCheck || event.shiftKey || event.ctrlKey || event.metaKey) onSelect(index, id, event.shiftKey);
      else onOpen(id);
    },
    [onSelect, onOpen],
  );
  const keys: GridKeys = {
    cursor,
    total,
    pageRows: Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 1),
    idAt: (index) => byIndex.get(index)?.original.id,
    onCursor: (index) => {
      setCursor(index);
      virtual.scrollToIndex(index);
    },
    onOpen,
    onSelect,
    onSelectAll: props.onSelectAll,
    onEscape: props.onEscape,
  };
  const onKeyDown = useGridKeys(keys);
  const cursorId = cursor === null ? undefined : keys.idAt(cursor);
  return (
    <div
      ref={scroller}
      className={classes.scroller}
      data-stale={rows.isStale || undefined}
      {...gridRole({
        label: "Tasks",
        numRows: total + 1,
        numColumns: columns.length + 1,
        isBusy: rows.isStale,
        activeRow: cursorId === undefined ? undefined : rowId(cursorId),
      })}
      {...{ onKeyDown, onFocus: () => setCursor((now) => now ?? 0) }}
    >
      <GridHeader {...props} template={template} />
      <div
        className={classes.body}
        {...ROW_GROUP}
        style={{ height: virtual.getTotalSize(), minWidth: leastWidth(columns) }}
      >
        {items.map(({ index }) => {
          const row = byIndex.get(index);
          if (!row)
            return <GhostRow key={`ghost ${index}`} index={index} columns={columns} template={template} />;
          const { id } = row.original;
          return (
            <TaskRow
              key={id}
              row={row}
              index={index}
              columns={columns}
              template={template}
              isSelected={selection.has(id)}
              isOpen={id === openId}
              isCursor={index === cursor}
              onPress={press}
            />
          );
        })}
      </div>
      <RowHoverCard
        scroller={scroller}
        taskOf={(id) => rows.entries.find(({ task }) => task.id === id)?.task}
      />
    </div>
  );
}

function useTaskTable(rows: TaskRows, columns: readonly ShownColumn[]) {
  const definitions = useMemo(
    () =>
      helper.columns(
        columns.map(({ id, label, width }) =>
          helper.display({
            id,
            header: label,
            size: width,
            cell: ({ row }) => <TaskCell id={id} task={row.original} />,
          }),
        ),
      ),
    [columns],
  );
  const data = useMemo(() => rows.entries.map(({ task }) => task), [rows.entries]);
  return useTable({ features, columns: definitions, data, getRowId: ({ id }) => String(id) });
}

function GridHeader(props: TaskGridProps & { template: string }) {
  const { columns, sort, onSort, onResize, onMove, isAllSelected, onSelectAll, selection, template } = props;
  const keys = useMemo(() => new Map(parseSort(sort).map((key) => [key.key, key])), [sort]);
  return (
    <div {...ROW_GROUP} style={{ display: "contents" }}>
      <div
        className={classes.header}
        {...rowRole(1)}
        style={{ gridTemplateColumns: template, minWidth: leastWidth(columns) }}
      >
        <div className={classes.check} {...columnHeaderRole(1)}>
          <input
            type="checkbox"
            aria-label="Select all tasks of this list"
            checked={isAllSelected}
            ref={(input) => {
              if (input) input.indeterminate = selection.size > 0 && !isAllSelected;
            }}
            onChange={(event) => onSelectAll(event.currentTarget.checked)}
          />
        </div>
        {columns.map((column, at) => (
          <HeaderCell
            key={column.id}
            column={column}
            place={at + 2}
            sort={column.sortKey ? keys.get(column.sortKey) : undefined}
            onSort={(isAdded) => column.sortKey && onSort(column.sortKey, isAdded)}
            onResize={(width, isDone) => onResize(column.id, width, isDone)}
            onDropped={(id) => onMove(id, column.id)}
          />
        ))}
      </div>
    </div>
  );
}

function isLink(target: EventTarget): boolean {
  return target instanceof Element && target.closest("a") !== null;
}
