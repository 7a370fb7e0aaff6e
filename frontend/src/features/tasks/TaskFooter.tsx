import { Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { Task } from "~/api/client";
import { formatCount, plural } from "~/lib/format";
import { IconAction } from "~/ui/IconAction";
import { ExportMenu } from "./ExportMenu";
import { SelectionActions } from "./SelectionActions";
import { isFiltered, type TaskSearch } from "./searchParams";
import classes from "./TaskFooter.module.css";
import type { TaskActionRunner } from "./useTaskActions";

export interface TaskFooterProps {
  search: TaskSearch;
  onSearch: (changes: TaskSearch) => void;
  total: number | null;
  selection: ReadonlySet<number>;
  isAllSelected: boolean;
  onSelectAll: (isSelected: boolean) => void;
  known: readonly Task[];
  actions: TaskActionRunner;
}

/** Always there, so that selecting moves nothing: how many tasks there are, or what to do with the selected. */
export function TaskFooter(props: TaskFooterProps) {
  const { search, total, selection, isAllSelected, onSelectAll } = props;
  const hasSelection = selection.size > 0;
  return (
    <div
      className={classes.footer}
      data-selected={hasSelection || undefined}
      role="toolbar"
      aria-label={hasSelection ? "Selected tasks" : "The list"}
    >
      {hasSelection ? (
        <>
          <IconAction label="Clear the selection" size="sm" onClick={() => onSelectAll(false)}>
            <IconX size={15} />
          </IconAction>
          <span className={classes.count} role="status">
            {formatCount(selection.size)} selected
          </span>
          {!isAllSelected && total !== null && total > selection.size && (
            <Button variant="subtle" size="compact-xs" onClick={() => onSelectAll(true)}>
              Select all {formatCount(total)}
              {isFiltered(search) ? " of this filter" : ""}
            </Button>
          )}
          <span className={classes.footerSpacer} />
          <SelectionActions {...props} />
        </>
      ) : (
        <>
          <span className={classes.countDim} role="status">
            {total === null ? "…" : countText(total, search)}
          </span>
          <span className={classes.footerSpacer} />
        </>
      )}
      <ExportMenu search={search} total={total ?? 0} selection={selection} isAllSelected={isAllSelected} />
    </div>
  );
}

function countText(total: number, search: TaskSearch): string {
  const tasks = plural(total, search.archived ? "archived task" : "task");
  return isFiltered(search) ? `${tasks} of this filter` : tasks;
}
