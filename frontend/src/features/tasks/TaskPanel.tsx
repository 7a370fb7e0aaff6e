import { Menu, Tabs } from "@mantine/core";
import { IconFiles, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { LogFile, Task } from "~/api/client";
import { formatBytes } from "~/lib/format";
import { Empty } from "~/ui/Empty";
import { ErrorBoundary } from "~/ui/ErrorBoundary";
import { ErrorNote } from "~/ui/ErrorNote";
import { IconAction } from "~/ui/IconAction";
import { LoadingRows } from "~/ui/Loading";
import { ConfigTab } from "./ConfigTab";
import { DetailsTab } from "./DetailsTab";
import { PlaceNote } from "./PlaceNote";
import { TaskHeader } from "./TaskHeader";
import classes from "./TaskPanel.module.css";
import { type LogTab, logTabs, shownTab } from "./taskTabs";
import { useTask } from "./useTask";
import type { TaskActionRunner } from "./useTaskActions";

/** More logs than this may not fit beside the other tabs. */
const FEW_LOGS = 3;

interface TaskPanelProps {
  taskId: number;
  tab: string | undefined;
  onTab: (tab: string) => void;
  onClose: () => void;
  actions: TaskActionRunner;
  /** The task's logs; undefined while they are on their way. */
  logs: readonly LogFile[] | undefined;
  renderLog: (task: Task, name: string) => ReactNode;
  renderPlots: (task: Task) => ReactNode;
}

/** One task: what it is and does on top, its logs, plots, config and details below. */
export function TaskPanel(props: TaskPanelProps) {
  const { taskId, onClose, actions } = props;
  const answer = useTask(taskId);
  return (
    <section className={`card ${classes.panel}`} aria-label={`Task #${taskId}`}>
      {answer.data ? (
        <>
          <TaskHeader key={taskId} task={answer.data} actions={actions} onClose={onClose} />
          <PlaceNote task={answer.data} />
          <TaskTabs {...props} task={answer.data} />
        </>
      ) : answer.error ? (
        <div className={classes.missing}>
          <IconAction label="Close the task" size={26} onClick={onClose}>
            <IconX size={16} />
          </IconAction>
          <ErrorNote
            title={`Task #${taskId} cannot be shown`}
            message={answer.error.message}
            onRetry={() => void answer.refetch()}
          />
        </div>
      ) : (
        <LoadingRows label={`Loading task #${taskId}`} />
      )}
    </section>
  );
}

function TaskTabs({ task, tab, onTab, logs, renderLog, renderPlots }: TaskPanelProps & { task: Task }) {
  const files = logTabs(logs ?? [], tab);
  const shown = shownTab(tab, files);
  return (
    <Tabs
      value={shown}
      onChange={(next) => next && onTab(next)}
      keepMounted={false}
      className={classes.tabs}
      classNames={{ tab: classes.tab }}
    >
      <div className={classes.tabRow}>
        {files.length > FEW_LOGS && <LogMenu files={files} onTab={onTab} />}
        <Tabs.List className={classes.tabList} aria-label="Logs, plots, config and details">
          <div className={classes.logTabs}>
            {files.map(({ name, size }) => (
              <Tabs.Tab
                key={name}
                ref={name === shown ? intoView : undefined}
                value={name}
                title={size === null ? name : `${name}, ${formatBytes(size)}`}
              >
                {name}
              </Tabs.Tab>
            ))}
          </div>
          <div className={classes.fixedTabs}>
            <Tabs.Tab value="plots">Plots</Tabs.Tab>
            <Tabs.Tab value="config">Config</Tabs.Tab>
            <Tabs.Tab value="details">Details</Tabs.Tab>
          </div>
        </Tabs.List>
      </div>
      <Tabs.Panel value={shown} className={classes.tabPanel}>
        <ErrorBoundary key={`${task.id} ${shown}`} what={`The tab ${shown}`}>
          {shown === "plots" && renderPlots(task)}
          {shown === "config" && <ConfigTab task={task} />}
          {shown === "details" && <DetailsTab task={task} />}
          {files.some(({ name }) => name === shown) &&
            (logs?.some(({ name }) => name === shown) ? (
              renderLog(task, shown)
            ) : (
              <MissingLog task={task} name={shown} isLoading={logs === undefined} />
            ))}
        </ErrorBoundary>
      </Tabs.Panel>
    </Tabs>
  );
}

/** A tab that was opened by a link or from the menu may be out of sight. */
function intoView(tab: HTMLElement | null): void {
  tab?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** All logs by name and size, for tasks whose tabs do not fit. */
function LogMenu({ files, onTab }: { files: readonly LogTab[]; onTab: (tab: string) => void }) {
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <IconAction label={`All ${files.length} logs`} size={26}>
          <IconFiles size={15} />
        </IconAction>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflow: "auto" }}>
        {files.map(({ name, size }) => (
          <Menu.Item
            key={name}
            rightSection={<span className="dim">{size === null ? "" : formatBytes(size)}</span>}
            onClick={() => onTab(name)}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function MissingLog({ task, name, isLoading }: { task: Task; name: string; isLoading: boolean }) {
  if (isLoading) return <LoadingRows label={`Loading ${name}`} />;
  const isWaiting = task.started_at === null && task.ended_at === null;
  return (
    <Empty title={isWaiting ? "It has not started yet" : `There is no ${name}`}>
      {isWaiting
        ? "What the script prints appears here as soon as it starts."
        : "The task has not written this file. Every .log and .txt file in its folder gets a tab."}
    </Empty>
  );
}
