import type { TaskPreview } from "~/api/client";
import { formatBytes } from "~/lib/format";
import { formatDuration } from "~/lib/time";

export interface Fact {
  label: string;
  value: string;
}

/** What a task asks for, in the words of its YAML; nothing of what is left to the platform. */
export function resourceFacts(resources: NonNullable<TaskPreview["resources"]>): Fact[] {
  const { gpus, gpu_type, cpus, memory_bytes, time_seconds, nodes, partition, account, qos } = resources;
  const { constraint, raw, checkpoint_signal, checkpoint_seconds, resume_on, resume_limit } = resources;
  const facts: [string, string | number | null][] = [
    ["GPUs", gpus === null ? gpu_type : gpu_type ? `${gpus} × ${gpu_type}` : gpus],
    ["CPUs", cpus],
    ["Memory", memory_bytes === null ? null : formatBytes(memory_bytes)],
    ["Time", time_seconds === null ? null : formatDuration(time_seconds)],
    ["Nodes", nodes],
    ["Partition", partition],
    ["Account", account],
    ["QOS", qos],
    ["Constraint", constraint],
    [
      "Checkpoint",
      checkpoint_signal && `${checkpoint_signal}, ${formatDuration(checkpoint_seconds)} before the end`,
    ],
    [
      "Resumed after",
      resume_on.length > 0
        ? `${resume_on.join(", ").replaceAll("_", " ")}, ${resume_limit} times at most`
        : null,
    ],
    ["Raw", raw.length > 0 ? raw.join(" ") : null],
  ];
  return facts.flatMap(([label, value]) =>
    value === null || value === "" ? [] : [{ label, value: String(value) }],
  );
}
