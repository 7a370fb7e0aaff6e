import { useMediaQuery } from "@mantine/hooks";
import { useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo } from "react";
import type { Task } from "~/api/client";
import { TaskLogs } from "~/features/logs/TaskLogs";
import { useLogFiles } from "~/features/logs/useLogFiles";
import { OverlayPanel } from "~/features/tasks/OverlayPanel";
import type { TaskSearch } from "~/features/tasks/searchParams";
import { parseSelection } from "~/features/tasks/selection";
import { TaskList } from "~/features/tasks/TaskList";
import { TaskPanel } from "~/features/tasks/TaskPanel";
import { useShortcut } from "~/features/tasks/useShortcut";
import { useTaskActions } from "~/features/tasks/useTaskActions";
import { isActive } from "~/lib/statuses";
import { ErrorBoundary } from "~/ui/ErrorBoundary";
import { LoadingBlock } from "~/ui/Loading";
import { SplitPane } from "~/ui/SplitPane";
import { useChangeSearch } from "~/ui/useChangeSearch";

const MetricCharts = lazy(() =>
  import("~/features/metrics/MetricCharts").then((module) => ({ default: module.MetricCharts })),
);

/** Narrower windows show the task below the list, not beside it. */
const NARROW = "(max-width: 1050px)";

/** The list of tasks, and beside it the open task or the curves of the selected ones. */
export function TasksPage() {
  const search = useSearch({ from: "/ui/tasks" });
  const change = useChangeSearch<TaskSearch>();
  const isNarrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false });
  const onSearch = useCallback((changes: TaskSearch) => change(changes), [change]);
  const onOpen = useCallback(
    (task: number) => change({ task, overlay: undefined }, { isStep: true }),
    [change],
  );
  const onClose = useCallback(() => change({ task: undefined, overlay: undefined }), [change]);
  useShortcut("Escape", onClose);
  const selected = useMemo(() => [...parseSelection(search.selected)], [search.selected]);
  const hasOverlay = search.overlay === true && selected.length > 1 && search.task === undefined;
  return (
    <>
      <title>{search.task ? `Task #${search.task} · HyperTrainer` : "Tasks · HyperTrainer"}</title>
      <h1 className="visually-hidden">Tasks</h1>
      <SplitPane
        id={isNarrow ? "tasks-column" : "tasks"}
        label="Resize the list and the task"
        direction={isNarrow ? "column" : "row"}
        defaultSize={isNarrow ? 42 : 53}
        first={
          <ErrorBoundary what="The list of tasks">
            <TaskList search={search} onSearch={onSearch} onOpen={onOpen} onClose={onClose} />
          </ErrorBoundary>
        }
        second={
          search.task !== undefined ? (
            <ErrorBoundary key={search.task} what="The task">
              <OpenTask taskId={search.task} tab={search.tab} onSearch={change} onClose={onClose} />
            </ErrorBoundary>
          ) : hasOverlay ? (
            <OverlayPanel ids={selected} onClose={onClose}>
              <Charts taskIds={selected} />
            </OverlayPanel>
          ) : null
        }
      />
    </>
  );
}

interface OpenTaskProps {
  taskId: number;
  tab: string | undefined;
  onSearch: (changes: TaskSearch) => void;
  onClose: () => void;
}

function OpenTask({ taskId, tab, onSearch, onClose }: OpenTaskProps) {
  const files = useLogFiles(taskId);
  const actions = useTaskActions((action) => {
    if (action === "delete") onClose();
  });
  return (
    <>
      <TaskPanel
        taskId={taskId}
        tab={tab}
        onTab={(next) => onSearch({ tab: next })}
        onClose={onClose}
        actions={actions}
        logs={files.data?.items ?? (files.isError ? [] : undefined)}
        renderLog={(task, name) => (
          <TaskLogs taskId={task.id} name={name} isComplete={!isActive(task.status) && task.is_mirrored} />
        )}
        renderPlots={(task) => <Charts taskIds={[task.id]} emptyHint={plotsHint(task)} />}
      />
      {actions.dialogs}
    </>
  );
}

function Charts(props: { taskIds: readonly number[]; emptyHint?: string }) {
  return (
    <Suspense fallback={<LoadingBlock label="Loading the charts" />}>
      <MetricCharts {...props} />
    </Suspense>
  );
}

function plotsHint(task: Task): string | undefined {
  return task.started_at === null && isActive(task.status)
    ? "The task has not started yet. Its curves draw themselves as soon as it writes a metric."
    : undefined;
}
