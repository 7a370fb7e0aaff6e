import { IconArchive } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Task } from "~/api/client";
import { formatExact, formatNumber, NOTHING } from "~/lib/format";
import { formatDuration, formatTime } from "~/lib/time";
import { ProgressBar } from "~/ui/ProgressBar";
import { Quoted } from "~/ui/Quoted";
import { StatusBadge } from "~/ui/StatusBadge";
import { Age, Elapsed } from "~/ui/Ticking";
import { metricOf, paramOf } from "./columnCatalogue";
import {
  epochRemainingSeconds,
  epochText,
  fractionOf,
  iterationText,
  progressSentence,
  remainingSeconds,
} from "./progressText";
import { pendingReason } from "./statusReasons";
import classes from "./TaskCells.module.css";

const MOST_TAGS = 2;

/** What a cell shows, by the column's id. */
const CELLS: Record<string, (task: Task) => ReactNode> = {
  id: (task) => <span className={classes.dim}>{task.id}</span>,
  name: (task) => <NameCell task={task} />,
  status: (task) => <StatusCell task={task} />,
  progress: (task) => <ProgressCell task={task} />,
  eta: (task) => formatDuration(remainingSeconds(task)),
  epoch_eta: (task) => formatDuration(epochRemainingSeconds(task)),
  phase: (task) => iterationText(task),
  tags: (task) => (
    <span className={classes.after}>
      <Tags tags={task.tags} most={6} />
    </span>
  ),
  created_at: (task) => <Age time={task.created_at} />,
  duration: (task) => <Elapsed from={task.started_at} to={task.ended_at} />,
  started_at: (task) => formatTime(task.started_at),
  ended_at: (task) => formatTime(task.ended_at),
  last_seen_at: (task) => <Age time={task.last_seen_at} />,
  search_id: (task) => (task.search_id === null ? NOTHING : `#${task.search_id}`),
  cloned_from: (task) => (task.cloned_from === null ? NOTHING : `#${task.cloned_from}`),
};

export function TaskCell({ id, task }: { id: string; task: Task }) {
  const cell = CELLS[id];
  if (cell) return cell(task);
  const metric = metricOf(id);
  if (metric) return <NumberCell value={task.metrics[metric.name]?.[metric.value]} />;
  const param = paramOf(id);
  return <ValueCell value={param === null ? plainValue(task, id) : task.params[param]} />;
}

function plainValue(task: Task, id: string): unknown {
  return new Map<string, unknown>(Object.entries(task)).get(id);
}

function NumberCell({ value }: { value: number | null | undefined }) {
  return <span title={value == null ? undefined : formatExact(value)}>{formatNumber(value)}</span>;
}

/** A parameter or plain field: numbers as numbers, lists and mappings as JSON, all cut at the cell's end. */
export function ValueCell({ value }: { value: unknown }) {
  if (typeof value === "number") return <NumberCell value={value} />;
  const text = valueText(value);
  return <span title={text === NOTHING ? undefined : text}>{text}</span>;
}

/** A parameter in words: "0.01", "true", "[1,2]"; a dash for none. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined || value === "") return NOTHING;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function NameCell({ task }: { task: Task }) {
  const { id, name, project, tags } = task;
  return (
    <span className={classes.name}>
      {/* A real link, so that a task opens in a new tab as anything does; a plain click opens the panel. */}
      <a
        href={`/ui/tasks?task=${id}`}
        className={classes.nameText}
        title={name}
        tabIndex={-1}
        draggable={false}
      >
        {name}
      </a>
      <span className={classes.after}>
        {project && (
          <span className={classes.project} title={`Project ${project}`}>
            {project}
          </span>
        )}
        <Tags tags={tags} most={MOST_TAGS} />
      </span>
    </span>
  );
}

function Tags({ tags, most }: { tags: readonly string[]; most: number }) {
  if (tags.length === 0) return null;
  const rest = tags.slice(most);
  return (
    <>
      {tags.slice(0, most).map((tag) => (
        <span key={tag} className={classes.tag} title={tag}>
          {tag}
        </span>
      ))}
      {rest.length > 0 && (
        <span className={classes.tag} title={rest.join(", ")}>
          +{rest.length}
        </span>
      )}
    </>
  );
}

function StatusCell({ task }: { task: Task }) {
  const isStopping = task.is_stopping && task.ended_at === null;
  return (
    <span className={classes.status} data-hover="status">
      <StatusBadge status={task.status} label={isStopping ? "stopping…" : undefined} />
      {task.is_archived && <IconArchive size={14} className={classes.dim} aria-label="archived" />}
    </span>
  );
}

function ProgressCell({ task }: { task: Task }) {
  const pending = pendingReason(task);
  if (pending !== null)
    return (
      <span className={classes.progress} data-hover="status">
        <span className={classes.pending}>
          <Quoted text={pending} />
        </span>
      </span>
    );
  return (
    <span className={classes.progress} data-hover="progress">
      <ProgressBar
        fraction={fractionOf(task)}
        status={task.status}
        label={`Progress of ${task.name} #${task.id}: ${progressSentence(task)}`}
      />
      <span className={classes.epochs}>{epochText(task)}</span>
    </span>
  );
}
