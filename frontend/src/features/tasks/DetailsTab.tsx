import { type Attempt, api, type Task } from "~/api/client";
import { plural } from "~/lib/format";
import { elapsedSeconds, formatDuration, formatTime } from "~/lib/time";
import { ErrorNote } from "~/ui/ErrorNote";
import { KeyValue, type KeyValueItem } from "~/ui/KeyValue";
import { LoadingRows } from "~/ui/Loading";
import { Quoted } from "~/ui/Quoted";
import { StatusBadge } from "~/ui/StatusBadge";
import { Age, Elapsed } from "~/ui/Ticking";
import classes from "./Details.module.css";
import { EnvironmentSection } from "./EnvironmentSection";
import { ParamsSection } from "./ParamsSection";
import { defaultReason } from "./statusReasons";
import { TaskEditors } from "./TaskEditors";

/** Everything about a task that is not a log, a curve or its config. */
export function DetailsTab({ task }: { task: Task }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keyboard
    <section className={classes.scroll} aria-label={`Details of ${task.name} #${task.id}`} tabIndex={0}>
      <section className={classes.section} aria-labelledby="details-status">
        <h3 id="details-status" className={classes.sectionTitle}>
          Status
        </h3>
        <KeyValue items={statusItems(task)} />
      </section>
      <TaskEditors key={task.id} task={task} />
      <AttemptsSection task={task} />
      <ParamsSection params={task.params} />
      <EnvironmentSection taskId={task.id} />
    </section>
  );
}

function statusItems(task: Task): KeyValueItem[] {
  const text = (label: string, value: string | number | null, isMono = true): KeyValueItem[] =>
    value === null || value === "" ? [] : [{ label, value, isMono }];
  const copied = (label: string, value: string | null): KeyValueItem[] =>
    value === null || value === "" ? [] : [{ label, value, isMono: true, copy: value }];
  return [
    { label: "Status", value: <StatusBadge status={task.status} /> },
    { label: "Why", value: <Quoted text={task.reason || defaultReason(task)} /> },
    ...text("Exit code", task.exit_code),
    ...text("Signal", task.signal),
    { label: "Platform", value: task.platform },
    ...copied("Host", task.host),
    ...copied("Job", task.job_id),
    { label: "Created", value: formatTime(task.created_at) },
    ...(task.started_at === null ? [] : [{ label: "Started", value: formatTime(task.started_at) }]),
    ...(task.ended_at === null ? [] : [{ label: "Ended", value: formatTime(task.ended_at) }]),
    ...(task.started_at === null
      ? []
      : [{ label: "Elapsed", value: <Elapsed from={task.started_at} to={task.ended_at} /> }]),
    ...(task.last_seen_at === null
      ? []
      : [{ label: "Last seen", value: <AgeAgo time={task.last_seen_at} /> }]),
    ...copied("Script", task.script),
    ...copied("Config", task.config),
    ...copied("Output path", task.output_path),
    ...remoteItems(task),
    ...copied("UUID", task.uuid),
    ...linked("Cloned from", task.cloned_from, (id) => `/ui/tasks?task=${id}`),
    ...linked("Search", task.search_id, (id) => `/ui/searches/${id}`),
  ];
}

/** Where the output comes from, when the folder here only mirrors it. */
function remoteItems({ remote_path, is_mirrored, platform, ended_at }: Task): KeyValueItem[] {
  if (remote_path === null) return [];
  const folder = { label: "Remote folder", value: remote_path, isMono: true, copy: remote_path };
  if (ended_at === null) return [folder];
  return [
    folder,
    {
      label: "Mirrored",
      value: is_mirrored
        ? "The output path holds all of it."
        : `Still being fetched from ${platform}: the output path may not hold all of it.`,
    },
  ];
}

function AgeAgo({ time }: { time: string }) {
  return (
    <span>
      <Age time={time} /> ago
    </span>
  );
}

function linked(label: string, id: number | null, href: (id: number) => string): KeyValueItem[] {
  return id === null ? [] : [{ label, value: <a href={href(id)}>#{id}</a> }];
}

/** Every submission of the task to its platform, the newest first. */
function AttemptsSection({ task }: { task: Task }) {
  const answer = api.useQuery("get", "/tasks/{task_id}/attempts", {
    params: { path: { task_id: task.id } },
  });
  const attempts = [...(answer.data?.items ?? [])].reverse();
  return (
    <section className={classes.section} aria-labelledby="details-attempts">
      <h3 id="details-attempts" className={classes.sectionTitle}>
        {plural(task.num_attempts, "attempt")}
      </h3>
      {answer.error && <ErrorNote message={answer.error.message} onRetry={() => void answer.refetch()} />}
      {answer.isPending && <LoadingRows rows={2} label="Loading the attempts" />}
      {attempts.length > 0 && (
        <div className={classes.tableScroll}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th>No.</th>
                <th>State</th>
                <th>Started</th>
                <th>Took</th>
                <th>Exit</th>
                <th>Job</th>
                <th>Host</th>
                <th>GPUs</th>
              </tr>
            </thead>
            <tbody>
              {attempts.map((attempt) => (
                <AttemptRow key={attempt.number} attempt={attempt} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function AttemptRow({ attempt }: { attempt: Attempt }) {
  const { number, outcome, state, reason, is_automatic, started_at, ended_at } = attempt;
  const { exit_code, signal, job_id, host, machine, gpus } = attempt;
  const took = ended_at === null ? null : elapsedSeconds(started_at, ended_at, 0);
  const isStopping = attempt.stop_requested_at !== null && ended_at === null;
  return (
    <tr>
      <td>{number}</td>
      <td>
        {outcome ? <StatusBadge status={outcome} /> : isStopping ? "stopping…" : state}
        {is_automatic && (
          <span className={classes.automatic} title="Nobody asked for it: the end of the one before did.">
            automatic
          </span>
        )}
        {reason && (
          <div className="dim">
            <Quoted text={reason} />
          </div>
        )}
      </td>
      <td className={classes.nowrap}>{formatTime(started_at)}</td>
      <td className={classes.nowrap}>
        {ended_at === null ? <Elapsed from={started_at} to={null} /> : formatDuration(took)}
      </td>
      <td>{signal ?? exit_code ?? "–"}</td>
      <td className="mono">{job_id ?? "–"}</td>
      <td className="mono">{host || machine || "–"}</td>
      <td>{gpus.length > 0 ? gpus.join(", ") : "–"}</td>
    </tr>
  );
}
