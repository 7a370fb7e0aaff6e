import type { Field } from "./schema";

/** Which fields stand where, and what they are called. A setting that is not named here still gets a field. */

const LABELS: Readonly<Record<string, string>> = {
  host: "Host",
  hosts: "Hosts of a pool",
  port: "Port",
  user: "User",
  key: "Private key",
  ssh_config: "SSH config",
  jump: "Jump host",
  control_master: "Control socket",
  login_shell: "Login shell",
  max_channels: "Channels at once",
  output: "Output folder",
  setup: "Setup lines",
  environment: "Environment variables",
  python: "Python",
  slots: "Slots",
  gpus: "GPUs",
  grace: "Grace before KILL (s)",
  poll: "Slowest poll (s)",
  poll_floor: "Never polled sooner than (s)",
  stage: "Bring the code there",
  path: "Where the code is there",
  code_limit: "Largest code",
  "resources.account": "Account",
  "resources.partition": "Partition",
  "resources.time": "Time limit",
  "resources.gpus": "GPUs a task",
  "resources.gpu_type": "GPU type",
  "resources.cpus": "CPUs a task",
  "resources.memory": "Memory a task",
  "resources.nodes": "Nodes",
  "resources.qos": "QOS",
  "resources.constraint": "Constraint",
  "resources.raw": "Raw options",
  "resources.checkpoint": "Checkpoint signal",
  "resources.resume_on": "Resume after",
  "resources.resume_limit": "Most automatic resumes",
};

const QUEUE = [
  "host",
  "output",
  "resources.account",
  "resources.partition",
  "resources.time",
  "setup",
] as const;

/** What nearly everybody sets, by type. */
const ESSENTIALS: Readonly<Record<string, readonly string[]>> = {
  local: ["slots", "gpus", "setup"],
  ssh: ["host", "output", "slots", "hosts", "setup"],
  slurm: QUEUE,
  pbs: QUEUE,
  sge: QUEUE,
  lsf: QUEUE,
};

const GROUPS: readonly { title: string; paths: readonly string[] }[] = [
  {
    title: "Connection",
    paths: ["user", "port", "key", "jump", "ssh_config", "control_master", "login_shell", "max_channels"],
  },
  { title: "Code and output", paths: ["output", "stage", "path", "code_limit"] },
  {
    title: "Tasks",
    paths: ["python", "environment", "setup", "slots", "gpus", "grace"],
  },
  {
    title: "What a task asks for by default",
    paths: ["gpus", "gpu_type", "cpus", "memory", "time", "partition", "account", "nodes", "qos"]
      .concat(["constraint", "checkpoint", "resume_on", "resume_limit", "raw"])
      .map((key) => `resources.${key}`),
  },
  { title: "Polling", paths: ["poll", "poll_floor"] },
];

/** Where a cluster's commands are on the server's own machine, its host is left out. */
const HERE = "Empty: the server's own machine.";

export interface FieldGroup {
  title: string;
  fields: Field[];
}

/** The fields that come first, and the others in groups. */
export function laidOut(type: string, fields: readonly Field[]): { first: Field[]; more: FieldGroup[] } {
  const left = new Map(fields.map((field) => [field.path, field]));
  const taken = (paths: readonly string[]) =>
    paths.flatMap((path) => {
      const field = left.get(path);
      left.delete(path);
      return field ? [field] : [];
    });
  const essentials = ESSENTIALS[type] ?? fields.map(({ path }) => path).slice(0, 6);
  const first = taken(essentials).map((field) =>
    field.path === "host" && essentials === QUEUE
      ? { ...field, help: `${field.help} ${HERE}`.trim() }
      : field,
  );
  const groups = GROUPS.map(({ title, paths }) => ({ title, fields: taken(paths) }));
  const more = [...groups, { title: "Other", fields: [...left.values()] }];
  return { first, more: more.filter((group) => group.fields.length > 0) };
}

/** The fields in the order of the form, which is also that of the YAML. */
export function inOrder(type: string, fields: readonly Field[]): Field[] {
  const { first, more } = laidOut(type, fields);
  const places = new Map(
    [...first, ...more.flatMap((group) => group.fields)].map(({ path }, at) => [path, at]),
  );
  return fields.toSorted((a, b) => (places.get(a.path) ?? 0) - (places.get(b.path) ?? 0));
}

/** "resources.gpu_type" → "GPU type"; a setting without a name of its own: "job_queue" → "Job queue". */
export function fieldLabel(path: string): string {
  const words = path.slice(path.lastIndexOf(".") + 1).replaceAll("_", " ");
  return LABELS[path] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** The field that a problem is about: the first one that it names in backquotes. */
export function fieldNamed(text: string, fields: readonly Field[]): string | null {
  for (const [, quoted] of text.matchAll(/`([\w.]+):?[^`]*`/g)) {
    const field = fields.find(({ path }) => path === quoted || path === `resources.${quoted}`);
    if (field) return field.path;
  }
  return null;
}

/** The path of a field in an error's path: "platforms.beluga.host" and "settings.host" are about `host`. */
export function fieldOfError(path: string, fields: readonly Field[]): string | null {
  const parts = path.split(".");
  for (let start = 0; start < parts.length; start += 1)
    for (let end = parts.length; end > start; end -= 1) {
      const candidate = parts.slice(start, end).join(".");
      if (fields.some((field) => field.path === candidate)) return candidate;
    }
  return null;
}
