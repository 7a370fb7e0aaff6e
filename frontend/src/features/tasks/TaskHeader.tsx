import { Button, Menu, TextInput, Tooltip } from "@mantine/core";
import {
  IconCheck,
  IconCopyPlus,
  IconDots,
  IconDownload,
  IconLink,
  IconPencil,
  IconX,
} from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import type { Task } from "~/api/client";
import { formatExact, formatNumber, formatPercent } from "~/lib/format";
import { isActive, statusTone } from "~/lib/statuses";
import { formatDuration } from "~/lib/time";
import { IconAction } from "~/ui/IconAction";
import { KeyValue, type KeyValueItem } from "~/ui/KeyValue";
import { notify } from "~/ui/notify";
import { ProgressBar } from "~/ui/ProgressBar";
import { Quoted } from "~/ui/Quoted";
import { StatusBadge } from "~/ui/StatusBadge";
import { Age, Elapsed, EndsAt } from "~/ui/Ticking";
import { exportLink } from "./exportLink";
import { epochText, fractionOf, iterationText, progressSentence } from "./progressText";
import { ACTION_ICONS } from "./SelectionActions";
import { defaultReason } from "./statusReasons";
import { valueText } from "./TaskCells";
import classes from "./TaskPanel.module.css";
import { ACTION_RULES, offeredActions, TASK_ACTIONS } from "./taskActions";
import { useOpenClone } from "./useOpenClone";
import { useTaskUpdate } from "./useTask";
import type { TaskActionRunner } from "./useTaskActions";

interface TaskHeaderProps {
  task: Task;
  actions: TaskActionRunner;
  onClose: () => void;
}

/** Name, status, progress and key facts of a task, and what can be done with it. */
export function TaskHeader({ task, actions, onClose }: TaskHeaderProps) {
  const [isEditing, setIsEditing] = useState(false);
  return (
    <header className={classes.header}>
      <div className={classes.titleLine}>
        {isEditing ? (
          <NameForm task={task} onDone={() => setIsEditing(false)} />
        ) : (
          <>
            <h2 className={classes.title} title={task.name}>
              <span className={classes.titleName}>{task.name}</span>
              <span className={classes.number}>#{task.id}</span>
            </h2>
            <IconAction label="Rename" size="sm" onClick={() => setIsEditing(true)}>
              <IconPencil size={14} />
            </IconAction>
            <StatusBadge
              status={task.status}
              label={task.is_stopping && isActive(task.status) ? "stopping…" : undefined}
              title={task.reason || defaultReason(task)}
            />
            <span className={classes.spacer} />
            <Tools task={task} actions={actions} onClose={onClose} />
          </>
        )}
      </div>
      <ProgressLine task={task} />
      {task.reason !== "" && task.status !== "finished" && (
        <p
          className={classes.reason}
          style={{
            background: `var(--${statusTone(task.status)}-tint)`,
            color: `var(--${statusTone(task.status)})`,
          }}
        >
          <Quoted text={task.reason} />
        </p>
      )}
      <div className={classes.facts}>
        <KeyValue layout="line" items={keyFacts(task)} />
      </div>
    </header>
  );
}

function NameForm({ task, onDone }: { task: Task; onDone: () => void }) {
  const [name, setName] = useState(task.name);
  const { save, isSaving } = useTaskUpdate(task);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === task.name || name.trim() === "") return onDone();
    save({ name: name.trim() }, onDone);
  };
  return (
    <form className={classes.editRow} style={{ flex: 1 }} onSubmit={submit}>
      <TextInput
        className={classes.edit}
        size="xs"
        aria-label="Name of the task"
        value={name}
        maxLength={200}
        autoFocus
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          onDone();
        }}
      />
      <Button type="submit" size="xs" loading={isSaving}>
        Save
      </Button>
      <Button variant="default" size="xs" onClick={onDone}>
        Cancel
      </Button>
    </form>
  );
}

function Tools({ task, actions, onClose }: TaskHeaderProps) {
  const openClone = useOpenClone();
  const [main] = offeredActions(task);
  const others = TASK_ACTIONS.filter((action) => action !== main);
  return (
    <div className={classes.tools}>
      {main && <MainAction task={task} action={main} actions={actions} />}
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconCopyPlus size={14} aria-hidden />}
        aria-label="Clone"
        title="Run it again, edited, anywhere"
        onClick={() => openClone(task.id)}
      >
        <span className={classes.buttonWord}>Clone</span>
      </Button>
      <Menu position="bottom-end" withinPortal width={240}>
        <Menu.Target>
          <IconAction label="More actions" size={26}>
            <IconDots size={16} />
          </IconAction>
        </Menu.Target>
        <Menu.Dropdown>
          {others.map((action) => {
            const { label, refusal } = ACTION_RULES[action];
            const reason = refusal(task);
            return (
              <Menu.Item
                key={action}
                leftSection={ACTION_ICONS[action]}
                color={action === "delete" ? "red" : undefined}
                disabled={reason !== null}
                title={reason === null ? undefined : `Not now: ${reason}`}
                onClick={() => actions.run(action, [task.id], [task])}
              >
                {label}
              </Menu.Item>
            );
          })}
          <Menu.Divider />
          <Menu.Item leftSection={<IconLink size={15} aria-hidden />} onClick={() => void copyLink(task.id)}>
            Copy the link
          </Menu.Item>
          <Menu.Item
            component="a"
            href={exportLink("csv", { ids: [task.id] })}
            download
            leftSection={<IconDownload size={15} aria-hidden />}
          >
            Export as CSV
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <IconAction label="Close the task" size={26} onClick={onClose}>
        <IconX size={16} />
      </IconAction>
    </div>
  );
}

interface MainActionProps extends Pick<TaskHeaderProps, "task" | "actions"> {
  action: (typeof TASK_ACTIONS)[number];
}

function MainAction({ task, action, actions }: MainActionProps) {
  const { label, refusal } = ACTION_RULES[action];
  const reason = refusal(task);
  return (
    <Tooltip label={`${label}: ${reason}`} disabled={reason === null}>
      <Button
        variant="default"
        size="compact-sm"
        leftSection={ACTION_ICONS[action]}
        data-disabled={reason !== null || undefined}
        aria-disabled={reason !== null || undefined}
        aria-label={label}
        loading={actions.isBusy}
        onClick={() => reason === null && actions.run(action, [task.id], [task])}
      >
        <span className={classes.buttonWord}>{label}</span>
      </Button>
    </Tooltip>
  );
}

async function copyLink(taskId: number): Promise<void> {
  try {
    await navigator.clipboard.writeText(`${location.origin}/ui/tasks?task=${taskId}`);
    notify("success", "The link is copied");
  } catch (error) {
    notify("error", "The link was not copied", String(error));
  }
}

/** "82% · epoch 164/200 · 4h 06m left", and below it where the epoch is. */
function ProgressLine({ task }: { task: Task }) {
  const { progress, status } = task;
  const fraction = fractionOf(task);
  if (!progress && fraction === null) return null;
  const isRunning = status === "running";
  const total = isRunning ? (progress?.total_remaining_seconds ?? null) : null;
  const inEpoch = isRunning ? (progress?.epoch_remaining_seconds ?? null) : null;
  return (
    <>
      <div className={classes.progress}>
        <ProgressBar
          fraction={fraction}
          status={status}
          label={`Progress of ${task.name} #${task.id}: ${progressSentence(task)}`}
        />
        <span className={classes.progressText}>
          {fraction !== null && `${formatPercent(fraction)} · `}
          {progress ? `epoch ${epochText(task)}` : <IconCheck size={13} aria-label="complete" />}
          {total !== null && (
            <>
              {" · "}
              <b>{formatDuration(total)}</b> left
            </>
          )}
        </span>
      </div>
      {isRunning && progress && (
        <p className={classes.subline}>
          <span>{iterationText(task)}</span>
          {inEpoch !== null && <span>{formatDuration(inEpoch)} left in the epoch</span>}
          {total !== null && (
            <span>
              ends <EndsAt seconds={total} />
            </span>
          )}
        </p>
      )}
    </>
  );
}

const MOST_METRICS = 2;
const MOST_PARAMS = 3;

function keyFacts(task: Task): KeyValueItem[] {
  const metrics = Object.entries(task.metrics).filter(([, { is_classwise }]) => !is_classwise);
  const params = Object.entries(task.params)
    .filter(([path, value]) => isTelling(path, value))
    .sort(([one], [other]) => fame(one) - fame(other));
  return [
    { label: "Platform", value: task.platform },
    task.started_at === null
      ? { label: "Created", value: <Age time={task.created_at} /> }
      : { label: "Elapsed", value: <Elapsed from={task.started_at} to={task.ended_at} /> },
    ...metrics.slice(0, MOST_METRICS).map(([name, { last }]) => ({
      label: name,
      value: <span title={formatExact(last)}>{formatNumber(last)}</span>,
    })),
    ...params.slice(0, MOST_PARAMS).map(([path, value]) => ({
      label: path.split(".").at(-1) ?? path,
      value: typeof value === "number" ? formatNumber(value) : valueText(value),
      isMono: true,
    })),
  ];
}

/** The parameters that people look for first, by the last part of their path. */
const FAMOUS = ["lr", "learning_rate", "batch_size", "batch", "optimizer", "optim", "model", "arch", "seed"];

function fame(path: string): number {
  const place = FAMOUS.indexOf(path.split(".").at(-1) ?? "");
  return place < 0 ? FAMOUS.length : place;
}

/** A parameter worth a place in the header: a short value, and not one that the server wrote or the bar shows. */
function isTelling(path: string, value: unknown): boolean {
  if (/(^|\.)(output_path|script|num_epochs|epochs)$|^(hpsearch|resources|env)\./.test(path)) return false;
  if (typeof value === "number" || typeof value === "boolean") return true;
  return typeof value === "string" && value.length > 0 && value.length <= 16;
}
