import { parseYamlValue, YamlFloat } from "~/lib/yamlValue";
import { type Field, isNode } from "./schema";

/** What the form holds: every field's text by its path; empty: left out, so that the default counts. */
export type Values = Readonly<Record<string, string>>;

export type Settings = Record<string, unknown>;

/** A platform's settings as the form holds them. */
export function valuesOf(fields: readonly Field[], settings: Readonly<Record<string, unknown>>): Values {
  const values: Record<string, string> = {};
  for (const field of fields) {
    const value = at(settings, field.path);
    if (value !== undefined && value !== null) values[field.path] = written(field, value);
  }
  return values;
}

/** The form as settings, and what can be seen to be wrong without asking anybody, by path. */
export function settingsOf(
  fields: readonly Field[],
  values: Values,
): { settings: Settings; problems: Map<string, string> } {
  const settings: Settings = {};
  const problems = new Map<string, string>();
  for (const field of fields) {
    const text = (values[field.path] ?? "").trim();
    if (text === "") continue;
    const read = readField(field, text);
    if (read.ok) put(settings, field.path, read.value);
    else problems.set(field.path, read.message);
  }
  return { settings, problems };
}

type Read = { ok: true; value: unknown } | { ok: false; message: string };

function readField(field: Field, text: string): Read {
  switch (field.kind) {
    case "text":
      return { ok: true, value: text };
    case "switch":
      return { ok: true, value: text === "true" };
    case "lines":
      return { ok: true, value: linesOf(text) };
    case "pairs":
      return readPairs(text);
    case "number": {
      const number = Number(text);
      return Number.isFinite(number)
        ? { ok: true, value: number }
        : { ok: false, message: `${text} is no number.` };
    }
    case "loose": {
      const read = parseYamlValue(text);
      return read.ok ? { ok: true, value: plain(read.value) } : read;
    }
  }
}

function readPairs(text: string): Read {
  const pairs: Record<string, string> = {};
  for (const line of linesOf(text)) {
    const cut = line.indexOf("=");
    const name = line.slice(0, Math.max(0, cut)).trim();
    if (name === "") return { ok: false, message: `Write one NAME=value a line; \`${line}\` is none.` };
    pairs[name] = line.slice(cut + 1).trim();
  }
  return { ok: true, value: pairs };
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

/** A whole float needs no mark here: settings count seconds and devices. */
function plain(value: unknown): unknown {
  if (value instanceof YamlFloat) return Number(value.text);
  if (Array.isArray(value)) return value.map(plain);
  if (isNode(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  return value;
}

function written(field: Field, value: unknown): string {
  if (field.kind === "lines" && Array.isArray(value)) return value.map(String).join("\n");
  if (field.kind === "pairs" && isNode(value))
    return Object.entries(value)
      .map(([name, item]) => `${name}=${String(item)}`)
      .join("\n");
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

function at(settings: Readonly<Record<string, unknown>>, path: string): unknown {
  return path.split(".").reduce<unknown>((node, key) => (isNode(node) ? node[key] : undefined), settings);
}

function put(settings: Settings, path: string, value: unknown): void {
  const cut = path.indexOf(".");
  if (cut < 0) {
    settings[path] = value;
    return;
  }
  const [head, rest] = [path.slice(0, cut), path.slice(cut + 1)];
  const inner = settings[head];
  const section: Settings = isNode(inner) ? { ...inner } : {};
  put(section, rest, value);
  settings[head] = section;
}
