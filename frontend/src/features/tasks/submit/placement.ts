import type { Diagnostic } from "~/ui/YamlEditor";
import type { Draft, Problem } from "./draft";
import type { YamlKey } from "./yamlKeys";

const FIELDS = ["script", "config", "platform", "project", "name", "tags", "notes"] as const;

export type Field = (typeof FIELDS)[number];

/** Every problem at the place where it can be mended; each stands at one place only. */
export interface Placement {
  fields: Partial<Record<Field, string>>;
  /** By dotted path; "" for a row without one. */
  overrides: Map<string, string>;
  editor: Diagnostic[];
  /** What is strange and stops nobody. */
  warnings: Diagnostic[];
  /** About the YAML as a whole, or nothing in particular. */
  other: string[];
  /** What is not wrong but not done yet. */
  incomplete: string[];
}

/** Puts problems where they belong: a form field, an override's row, or a line of the YAML. */
export function placed(
  problems: readonly Problem[],
  draft: Draft,
  keys: readonly YamlKey[],
  warnings: readonly Problem[] = [],
): Placement {
  const placement: Placement = {
    fields: {},
    overrides: new Map(),
    editor: [],
    warnings: warnings.map((warning) => warned(warning, keys)),
    other: [],
    incomplete: [],
  };
  for (const problem of problems) place(problem, draft, keys, placement);
  return placement;
}

/** A warning at its line; one about the whole is at the first. */
function warned(problem: Problem, keys: readonly YamlKey[]): Diagnostic {
  const at = placeInText(problem, keys) ?? { line: 1, column: 1 };
  return { ...at, message: problem.message, severity: "warning" };
}

function place(problem: Problem, draft: Draft, keys: readonly YamlKey[], to: Placement): void {
  const { path, message } = problem;
  if (problem.isIncomplete) {
    to.incomplete.push(message);
    return;
  }
  const override = overrideOf(path, draft);
  if (override !== null) {
    to.overrides.set(override, joined(to.overrides.get(override), message));
    return;
  }
  const at = placeInText(problem, keys);
  const field = fieldOf(path, draft);
  if (at) to.editor.push({ ...at, message, severity: "error" });
  else if (field) to.fields[field] = joined(to.fields[field], message);
  else to.other.push(message);
}

/** The override whose row a problem belongs to; also where the YAML is wrong because of one. */
function overrideOf(path: string, draft: Draft): string | null {
  const named = path.startsWith("overrides.") ? path.slice("overrides.".length) : path;
  const paths = draft.overrides.map((row) => row.path.trim());
  if (paths.includes(named)) return named;
  if (!path.startsWith("overrides")) return null;
  const rows = paths.filter((candidate) => candidate !== "" && named.startsWith(`${candidate}.`));
  return rows[0] ?? (paths.length > 0 ? (paths[0] ?? "") : null);
}

function placeInText(problem: Problem, keys: readonly YamlKey[]): { line: number; column: number } | null {
  if (problem.line) return { line: problem.line, column: problem.column ?? 1 };
  const bare = problem.path.replace(/^config(_text)?\./, "");
  const key = keys.find(({ path }) => path === bare);
  return key?.path.includes(".") ? { line: key.line, column: key.column } : null;
}

function fieldOf(path: string, draft: Draft): Field | null {
  const head = path.split(".")[0];
  if (head === "config_text" || head === "config") return draft.source === "file" ? "config" : null;
  return FIELDS.find((field) => field === head) ?? null;
}

function joined(before: string | undefined, message: string): string {
  return before ? `${before} ${message}` : message;
}

/** What is wrong in one line: the first problem, and how many more there are; null when there is none. */
export function verdict({ fields, overrides, editor, other }: Placement): string | null {
  const messages = [
    ...FIELDS.flatMap((field) => fields[field] ?? []),
    ...overrides.values(),
    ...editor.map(({ line, message }) => `Line ${line}: ${message}`),
    ...other,
  ];
  const [first, ...more] = messages;
  if (first === undefined) return null;
  return more.length > 0 ? `${messages.length} problems. ${first}` : first;
}
