import type { Field } from "./schema";

const loose = (key: string, help: string, example = ""): Field => ({
  path: `resources.${key}`,
  kind: "loose",
  help,
  example,
});
const text = (key: string, help: string, example = ""): Field => ({
  ...loose(key, help, example),
  kind: "text",
});

/** The keys of `resources:`, which a platform and a task's YAML say in the same words. */
const RESOURCES: readonly Field[] = [
  { ...loose("gpus", "For each node."), kind: "number" },
  text("gpu_type", "As the queue calls it.", "a100"),
  { ...loose("cpus", "For each node."), kind: "number" },
  text("memory", "For each node, with its unit.", "16G"),
  text("time", "Hours:minutes:seconds, or 90m, 3h, 2d.", "3:00:00"),
  { ...loose("nodes", ""), kind: "number" },
  text("partition", "The partition or queue."),
  text("account", "What the time is booked on.", "def-alice"),
  text("qos", ""),
  text("constraint", "Which nodes will do.", "v100|a100"),
  { ...loose("raw", "Further options, one a line, as the queue itself writes them."), kind: "lines" },
  text("checkpoint", "A signal, and how many seconds before the end it is sent.", "USR1@60"),
  loose("resume_on", "The ends after which a task is resumed by itself.", "[timed_out, preempted]"),
  { ...loose("resume_limit", "How often at most.", "3"), kind: "number" },
];

/** The fields with `resources` spelt out, where the server describes it as any mapping. */
export function withResources(fields: readonly Field[]): Field[] {
  return fields.flatMap((field) => (field.path === "resources" ? RESOURCES : [field]));
}
