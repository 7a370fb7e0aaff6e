import type { Task, TaskClone, TaskSubmit } from "~/api/client";
import { parseYamlValue, type YamlValue } from "~/lib/yamlValue";

/** One override as typed. */
export interface OverrideRow {
  id: number;
  path: string;
  text: string;
}

/** What the dialog holds. */
export interface Draft {
  /** Where the YAML comes from: a file on `$HYPERTRAINER_PATH`, or written here. */
  source: "file" | "text";
  script: string;
  config: string;
  /** The file's text as edited here; null while it is the file's own. */
  edited: string | null;
  written: string;
  overrides: OverrideRow[];
  platform: string;
  project: string;
  name: string;
  tags: string[];
  notes: string;
}

/** Something wrong with one field; `line` and `column` (from 1) point into the YAML. */
export interface Problem {
  path: string;
  message: string;
  line?: number | null;
  column?: number | null;
  /** Not wrong, only not done yet. */
  isIncomplete?: true;
}

/** The task that a draft began as a copy of. */
export interface Original {
  task: Task;
  /** Its config's text; "" when it cannot be read. */
  text: string;
}

export const EMPTY_DRAFT: Draft = {
  source: "file",
  script: "",
  config: "",
  edited: null,
  written: "",
  overrides: [],
  platform: "local",
  project: "",
  name: "",
  tags: [],
  notes: "",
};

export function draftOf({ task, text }: Original): Draft {
  const { script, platform, project, name, tags, notes } = task;
  return { ...EMPTY_DRAFT, source: "text", written: text, script, platform, project, name, tags, notes };
}

/** Whether there is a config to launch. */
export function hasConfig(draft: Draft): boolean {
  return draft.source === "text" ? draft.written.trim() !== "" : draft.config !== "";
}

/** Whether closing would lose something that took effort. */
export function isWorthAsking(draft: Draft, start: Draft): boolean {
  return (
    draft.edited !== null ||
    draft.written !== start.written ||
    draft.notes !== start.notes ||
    draft.overrides.some(({ path, text }) => path.trim() !== "" || text.trim() !== "")
  );
}

/** "sweeps/hp_test.yaml" → "hp_test": what the server names tasks after. */
export function stemOf(path: string): string {
  const file = path.slice(path.lastIndexOf("/") + 1);
  return file.replace(/\.[^.]+$/, "") || file;
}

/** The request for a new task, and what can be seen to be wrong without asking the server. */
export function submissionOf(draft: Draft): { body: TaskSubmit; problems: Problem[] } {
  const { overrides, problems } = overridesOf(draft.overrides);
  const isFile = draft.source === "file" && draft.edited === null;
  const name = draft.name.trim() || (draft.source === "file" && !isFile ? stemOf(draft.config) : "");
  const body: TaskSubmit = {
    ...(isFile ? { config: draft.config } : { config_text: textOf(draft) }),
    ...(draft.script ? { script: draft.script } : {}),
    ...(name ? { name } : {}),
    overrides,
    platform: draft.platform,
    project: draft.project.trim(),
    tags: draft.tags,
    notes: draft.notes,
  };
  return { body, problems };
}

/** The request to run a task again. */
export function cloneOf(draft: Draft, original: Original): { body: TaskClone; problems: Problem[] } {
  const { overrides, problems } = overridesOf(draft.overrides);
  const body: TaskClone = {
    ...(draft.written === original.text ? {} : { config_text: draft.written }),
    ...(draft.script ? { script: draft.script } : {}),
    ...(draft.name.trim() ? { name: draft.name.trim() } : {}),
    overrides,
    platform: draft.platform,
    project: draft.project.trim(),
    tags: draft.tags,
    notes: draft.notes,
  };
  return { body, problems };
}

function textOf(draft: Draft): string {
  return draft.source === "text" ? draft.written : (draft.edited ?? "");
}

function overridesOf(rows: readonly OverrideRow[]) {
  const overrides: Record<string, YamlValue> = {};
  const problems: Problem[] = [];
  for (const row of rows) {
    const [path, text] = [row.path.trim(), row.text.trim()];
    if (path === "" && text === "") continue;
    const parsed = parseYamlValue(text);
    const incomplete = incompleteness(path, text);
    if (incomplete) problems.push({ path: `overrides.${path}`, message: incomplete, isIncomplete: true });
    else if (path in overrides)
      problems.push({ path: `overrides.${path}`, message: "This key is overridden twice." });
    else if (parsed.ok) overrides[path] = parsed.value;
    else problems.push({ path: `overrides.${path}`, message: parsed.message });
  }
  return { overrides, problems };
}

function incompleteness(path: string, text: string): string | null {
  if (path === "") return "An override has no key.";
  return text === "" ? `Give ${path} a value; null is for none.` : null;
}
