import { useElementSize } from "@mantine/hooks";
import { useCallback, useEffect, useMemo, useState } from "react";
import { ErrorNote } from "~/ui/ErrorNote";
import { ActiveFilters } from "./ActiveFilters";
import { type ColumnChoice, withMoved, withWidth } from "./columnState";
import { GhostRows } from "./GhostRow";
import { CHECK_WIDTH, gridTemplate, shownColumns } from "./gridColumns";
import { ListEmpty } from "./ListEmpty";
import { DEFAULT_SORT, filterQuery, nextSort, type TaskSearch } from "./searchParams";
import { TaskFooter } from "./TaskFooter";
import { TaskGrid } from "./TaskGrid";
import classes from "./TaskList.module.css";
import { TaskToolbar } from "./TaskToolbar";
import { type Columns, storeColumns, storedColumns, useColumns } from "./useColumns";
import { useKnownTasks, useSelection } from "./useSelection";
import { useTaskActions } from "./useTaskActions";
import { useTaskRows, type VisibleRange } from "./useTaskRows";

interface TaskListProps {
  search: TaskSearch;
  onSearch: (changes: TaskSearch) => void;
  onOpen: (id: number) => void;
  /** Escape in the table. */
  onClose: () => void;
}

/** The table of tasks with its filters, columns, selection and actions. */
export function TaskList({ search, onSearch, onOpen, onClose }: TaskListProps) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [visible, setVisible] = useState<VisibleRange>([0, 0]);
  const sort = search.sort ?? DEFAULT_SORT;
  const rows = useTaskRows(filterQuery(search), sort, visible);
  const selection = useSelection({ search, onSearch, idsBetween: rows.idsBetween });
  const isAllSelected = rows.total !== null && rows.total > 0 && selection.ids.size >= rows.total;
  const known = useKnownTasks(selection.ids);
  const actions = useTaskActions((action, ids) => {
    if (action === "delete" || action === "archive" || action === "unarchive") selection.leave(ids);
    if (action === "delete" && search.task !== undefined && ids.includes(search.task)) onClose();
  });
  const columns = useColumns(search.columns, width - CHECK_WIDTH, rows.entries);
  const changeColumns = useCallback(
    (choices: readonly ColumnChoice[] | undefined) => onSearch({ columns: storeColumns(choices) }),
    [onSearch],
  );
  // What this browser remembers goes into the URL, so that its link shows others the same.
  const remembered = search.columns === undefined ? storedColumns() : undefined;
  useEffect(() => {
    if (remembered !== undefined) onSearch({ columns: remembered });
  }, [remembered, onSearch]);
  const onSort = useCallback(
    (key: string, isAdded: boolean) => onSearch({ sort: nextSort(sort, key, isAdded) }),
    [onSearch, sort],
  );
  const isProblem = rows.error?.status === 422;
  const table = useDraftWidths(columns, changeColumns);
  return (
    <section className={`card ${classes.list}`} aria-label="List of tasks" ref={ref}>
      <TaskToolbar search={search} onSearch={onSearch} columns={columns} onColumns={changeColumns} />
      <ActiveFilters
        search={search}
        onSearch={onSearch}
        problem={isProblem ? (rows.error?.message ?? null) : null}
      />
      {rows.error && !isProblem && (
        <div className={classes.error}>
          <ErrorNote title="The tasks could not be read" message={rows.error.message} onRetry={rows.retry} />
        </div>
      )}
      {rows.total === null && rows.error && <div className={classes.room} />}
      {rows.total === null && !rows.error && (
        <GhostRows columns={table.columns} template={gridTemplate(table.columns)} />
      )}
      {rows.total === 0 && !rows.isStale && <ListEmpty search={search} onSearch={onSearch} />}
      {rows.total !== null && (rows.total > 0 || rows.isStale) && (
        <TaskGrid
          rows={rows}
          columns={table.columns}
          sort={sort}
          onSort={onSort}
          onResize={table.onResize}
          onMove={(id, before) => changeColumns(movedBefore(columns.choices, id, before))}
          onVisible={setVisible}
          selection={selection.ids}
          onSelect={selection.toggle}
          isAllSelected={isAllSelected}
          onSelectAll={selection.selectAll}
          openId={search.task}
          onOpen={onOpen}
          onEscape={onClose}
        />
      )}
      <TaskFooter
        search={search}
        onSearch={onSearch}
        total={rows.total}
        selection={selection.ids}
        isAllSelected={isAllSelected}
        onSelectAll={selection.selectAll}
        known={known}
        actions={actions}
      />
      {actions.dialogs}
    </section>
  );
}

/** The columns with the width of the one whose handle is being dragged; it is told when the handle is let go. */
function useDraftWidths(columns: Columns, onColumns: (choices: readonly ColumnChoice[]) => void) {
  const [draft, setDraft] = useState<{ id: string; width: number } | null>(null);
  const { choices } = columns;
  const shown = useMemo(
    () => shownColumns(draft ? withWidth(choices, draft.id, draft.width) : choices),
    [choices, draft],
  );
  const onResize = useCallback(
    (id: string, width: number, isDone: boolean) => {
      setDraft(isDone ? null : { id, width });
      if (isDone) onColumns(withWidth(choices, id, width));
    },
    [choices, onColumns],
  );
  return { columns: shown, onResize };
}

function movedBefore(choices: readonly ColumnChoice[], id: string, before: string): ColumnChoice[] {
  const others = choices.filter((choice) => choice.id !== id);
  return withMoved(
    choices,
    id,
    others.findIndex((choice) => choice.id === before),
  );
}
