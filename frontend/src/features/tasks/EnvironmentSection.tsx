import { api } from "~/api/client";
import { formatBytes, plural } from "~/lib/format";
import { formatTime } from "~/lib/time";
import { ErrorNote } from "~/ui/ErrorNote";
import { KeyValue, type KeyValueItem } from "~/ui/KeyValue";
import { LoadingRows } from "~/ui/Loading";
import classes from "./Details.module.css";
import { GitDiff } from "./GitDiff";
import { FilteredTable } from "./ParamsSection";

/** What the script ran in, as it was recorded at its launch. */
export function EnvironmentSection({ taskId }: { taskId: number }) {
  const answer = api.useQuery("get", "/tasks/{task_id}/environment", {
    params: { path: { task_id: taskId } },
  });
  return (
    <section className={classes.section} aria-labelledby="details-environment">
      <h3 id="details-environment" className={classes.sectionTitle}>
        Environment
      </h3>
      {answer.error && <ErrorNote message={answer.error.message} onRetry={() => void answer.refetch()} />}
      {answer.isPending && <LoadingRows rows={3} label="Loading the environment" />}
      {answer.data && answer.data.recorded_at === null && (
        <p className="dim">It is recorded when the task is launched.</p>
      )}
      {answer.data?.recorded_at && (
        <>
          <KeyValue
            items={[
              ...gitItems(answer.data.git),
              ...pythonItems(answer.data.python),
              ...machineItems(answer.data.machine),
              { label: "Recorded", value: formatTime(answer.data.recorded_at) },
            ]}
          />
          <Diff git={answer.data.git} />
          <FilteredTable
            id="details-packages"
            title={plural(Object.keys(answer.data.packages).length, "Python package")}
            names="Package"
            rows={Object.entries(answer.data.packages)
              .map(([name, value]) => ({ name, value }))
              .sort((a, b) => a.name.localeCompare(b.name))}
          />
        </>
      )}
    </section>
  );
}

type Facts = Record<string, unknown> | null;

function textOf(facts: Facts, name: string): string {
  const value = facts?.[name];
  return typeof value === "string" ? value : "";
}

function gitItems(git: Facts): KeyValueItem[] {
  if (!git) return [{ label: "Git", value: <span className="dim">The script is in no repository</span> }];
  const commit = textOf(git, "commit");
  const untracked = Array.isArray(git["untracked"]) ? git["untracked"].length : 0;
  return [
    { label: "Commit", value: commit, isMono: true, copy: commit },
    { label: "Branch", value: textOf(git, "branch"), isMono: true },
    { label: "Repository", value: textOf(git, "root"), isMono: true },
    {
      label: "Changes",
      value: git["is_dirty"] === true ? "Uncommitted changes, shown below" : "None: the commit says it all",
    },
    ...(untracked > 0 ? [{ label: "Untracked", value: plural(untracked, "file") }] : []),
  ];
}

function pythonItems(python: Facts): KeyValueItem[] {
  if (!python) return [];
  const executable = textOf(python, "executable");
  const version = textOf(python, "version");
  return [
    ...(version ? [{ label: "Python", value: version, isMono: true }] : []),
    { label: "Interpreter", value: executable, isMono: true, copy: executable },
  ];
}

function machineItems(machine: Facts): KeyValueItem[] {
  if (!machine) return [];
  const { cpus, memory_bytes, gpus } = machine;
  const size = [
    typeof cpus === "number" ? plural(cpus, "CPU") : "",
    typeof memory_bytes === "number" ? `${formatBytes(memory_bytes)} of memory` : "",
  ];
  return [
    { label: "Machine", value: textOf(machine, "host"), isMono: true },
    { label: "System", value: textOf(machine, "system"), isMono: true },
    { label: "Size", value: size.filter((part) => part !== "").join(", ") },
    ...(Array.isArray(gpus) && gpus.length > 0 ? [{ label: "GPUs", value: gpus.join(", ") }] : []),
  ];
}

function Diff({ git }: { git: Facts }) {
  const diff = textOf(git, "diff");
  if (!diff) return null;
  return <GitDiff text={diff} isCut={git?.["is_diff_cut"] === true} />;
}
