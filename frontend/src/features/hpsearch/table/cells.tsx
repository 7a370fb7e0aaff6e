import { IconTrophy } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { axisValue, secondsOf } from "~/features/hpsearch/axes";
import { TrialBadge } from "~/features/hpsearch/TrialBadge";
import type { TrialRead } from "~/features/hpsearch/types";
import { formatExact, formatNumber, NOTHING } from "~/lib/format";
import { formatDuration } from "~/lib/time";
import { Elapsed } from "~/ui/Ticking";
import type { TrialColumn } from "./columns";
import { plainValue } from "./order";
import classes from "./table.module.css";

interface CellProps {
  column: TrialColumn;
  trial: TrialRead;
  isBest: boolean;
}

/** What stands in a column for a trial. */
export function TrialCell({ column, trial, isBest }: CellProps) {
  switch (column.id) {
    case "number":
      return (
        <>
          {isBest && <IconTrophy className={classes.trophy} size={14} role="img" aria-label="Best" />}
          {trial.number}
        </>
      );
    case "state":
      return <TrialBadge trial={trial} />;
    case "task":
      return <TaskLinks trial={trial} />;
    case "reason":
      return <span title={trial.reason}>{trial.reason}</span>;
    case "origin":
      return <span className="dim">{trial.origin.replace("_", " ")}</span>;
    case "duration":
      return <Duration trial={trial} />;
    case "epochs":
      return <>{trial.epochs > 0 ? formatNumber(trial.epochs) : NOTHING}</>;
    case "cost":
      return <>{trial.cost > 0 ? trial.cost.toFixed(2) : NOTHING}</>;
  }
  if (column.id === "objectives.0" && trial.objectives === null && trial.last_value !== null)
    return (
      <span className="dim" title={`${formatExact(trial.last_value)}, the newest so far`}>
        {formatNumber(trial.last_value)}…
      </span>
    );
  const value = column.axis ? axisValue(trial, column.axis) : plainValue(trial, column.id);
  if (typeof value === "string") return <span title={value}>{value}</span>;
  return <span title={value === null ? undefined : formatExact(value)}>{formatNumber(value)}</span>;
}

function Duration({ trial }: { trial: TrialRead }) {
  const seconds = secondsOf(trial);
  if (seconds !== null) return <>{formatDuration(seconds)}</>;
  return trial.started_at && !trial.ended_at ? <Elapsed from={trial.started_at} to={null} /> : NOTHING;
}

/** Its task, and those of its repeats. */
function TaskLinks({ trial }: { trial: TrialRead }) {
  if (trial.task_id === null) return <span className="dim">{NOTHING}</span>;
  return (
    <span>
      <Link
        to="/ui/tasks"
        search={{ task: trial.task_id }}
        className={classes.link}
        title={trial.task_name ?? ""}
      >
        {trial.task_name ?? `#${trial.task_id}`}
      </Link>
      {trial.tasks.slice(1).map(({ task_id, repeat, name }) => (
        <Link key={task_id} to="/ui/tasks" search={{ task: task_id }} className={classes.repeat} title={name}>
          r{repeat}
        </Link>
      ))}
    </span>
  );
}

/** The same as plain text, for a copy of the table. */
export function cellText({ id, axis }: TrialColumn, trial: TrialRead): string {
  if (id === "state") return trial.state;
  const value = axis ? axisValue(trial, axis) : plainValue(trial, id);
  return value === null ? "" : String(value);
}
