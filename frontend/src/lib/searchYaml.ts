/** What may be written in the `hpsearch:` section of a config, and what its keys mean: for editors. */

import { keyHint, keyHints, type Schema, type SchemaHint, valueHints } from "./jsonSchema";
import { contextAt, type OutlineKey, outline, type YamlContext, type YamlPath } from "./yamlOutline";

/** Something that may be written. */
export interface Suggestion {
  label: string;
  kind: "key" | "value" | "path";
  /** What is put in its place. */
  insert: string;
  /** A word or two behind it. */
  detail: string;
  description: string;
}

/** What may stand from here to the place that was asked about. */
export interface Suggestions {
  from: number;
  items: Suggestion[];
}

/** What is said of a key. */
export interface Explanation {
  from: number;
  to: number;
  title: string;
  description: string;
  fallback: string | null;
  values: string[];
}

/** Helps with the writing of a YAML text. */
export interface YamlAssist {
  suggest: (text: string, offset: number) => Suggestions | null;
  explain: (text: string, offset: number) => Explanation | null;
}

const SECTION = "hpsearch";
/** Longer texts are not written by hand, and take too long for every key that is typed. */
const MOST = 200_000;
/** Keys that HyperTrainer itself reads: they cannot be searched. */
const OWN = new Set([
  SECTION,
  "script",
  "command",
  "resources",
  "num_gpus",
  "platforms",
  "output_root",
  "output_path",
]);
const PARAMS = /^params$/;
const LISTED = /^params\/\d+\/(param|params\/\d+)$/;
const SOURCE = /^params\/[^/]+\/same_as$/;
const CONDITIONS = /^params\/[^/]+\/when$/;
const NAMED = /^(repeats\/param|early_stopping\/epochs_param)$/;
const PLATFORM = /^platforms\/\d+(\/platform)?$/;
const SET = /^platforms\/\d+\/set$/;
const TRIED = /^try_first\/\d+$/;

/** Knows the section by its schema, and what else may be named in it. */
export function searchAssist(schema: Schema, platforms: readonly string[]): YamlAssist {
  return {
    suggest: (text, offset) => (text.length > MOST ? null : suggestions(schema, platforms, text, offset)),
    explain: (text, offset) => (text.length > MOST ? null : explanation(schema, text, offset)),
  };
}

function suggestions(
  schema: Schema,
  platforms: readonly string[],
  text: string,
  offset: number,
): Suggestions | null {
  const context = contextAt(text, offset);
  if (!context) return null;
  const [head, ...path] = context.path;
  const keys = outline(text);
  if (head === undefined && context.kind === "key") return sectionItself(keys, context);
  if (head !== SECTION) return null;
  const items = [
    ...named(text, keys, platforms, context.kind !== "value", path),
    ...(context.kind === "key" ? [] : valueHints(schema, path).map(ofValue)),
    ...(context.kind === "value" ? [] : ofKeys(schema, keys, context, path)),
  ];
  return items.length > 0 ? { from: context.from, items } : null;
}

function sectionItself(keys: readonly OutlineKey[], context: YamlContext): Suggestions | null {
  if (keys.some(({ path }) => path.length === 1 && path[0] === SECTION)) return null;
  const description = "Makes this config a hyperparameter search over values of it.";
  const insert = `${SECTION}:\n  `;
  return {
    from: context.from,
    items: [{ label: SECTION, kind: "key", insert, detail: "section", description }],
  };
}

function ofKeys(
  schema: Schema,
  keys: readonly OutlineKey[],
  context: YamlContext,
  path: YamlPath,
): Suggestion[] {
  const given = new Set(siblings(keys, context));
  return keyHints(schema, path)
    .filter(({ name }) => !given.has(name))
    .map((hint) => ({
      label: hint.name,
      kind: "key",
      insert: insertOf(hint, context),
      detail: hint.isRequired ? "required" : hint.fallback === null ? "" : `default ${hint.fallback}`,
      description: hint.description,
    }));
}

/** The keys beside the one that is being written. */
function siblings(keys: readonly OutlineKey[], context: YamlContext): string[] {
  return keys
    .filter(({ from }) => from !== context.from)
    .filter(({ path }) => isSame(path.slice(0, -1), context.path))
    .map(({ path }) => String(path.at(-1)));
}

function insertOf(hint: SchemaHint, context: YamlContext): string {
  const isBlock = hint.isSection && context.indent !== null;
  return isBlock ? `${hint.name}:\n${" ".repeat((context.indent ?? 0) + 2)}` : `${hint.name}: `;
}

function ofValue({ name, description }: SchemaHint): Suggestion {
  return { label: name, kind: "value", insert: name, detail: description, description: "" };
}

/** Paths of this text and names of platforms, where such are called for. */
function named(
  text: string,
  keys: readonly OutlineKey[],
  platforms: readonly string[],
  isKey: boolean,
  path: YamlPath,
): Suggestion[] {
  const at = path.join("/");
  if (isKey && PARAMS.test(at)) return ofPaths(free(text, keys), ": ");
  if (LISTED.test(at)) return ofPaths(free(text, keys), "");
  if (NAMED.test(at)) return ofPaths(free(text, keys), "");
  if (isKey && SET.test(at)) return ofPaths(free(text, keys), ": ");
  if (isKey && (CONDITIONS.test(at) || TRIED.test(at))) return ofPaths(searched(text, keys), ": ");
  if (SOURCE.test(at)) return ofPaths(searched(text, keys), "");
  if (!PLATFORM.test(at)) return [];
  return platforms.map((name) => ({
    label: name,
    kind: "value",
    insert: name,
    detail: "platform",
    description: "",
  }));
}

function ofPaths(paths: readonly string[], after: string): Suggestion[] {
  return paths.map((path) => ({
    label: path,
    kind: "path",
    insert: `${path}${after}`,
    detail: "in this file",
    description: "",
  }));
}

/** The paths of values that may vary and do not yet. */
function free(text: string, keys: readonly OutlineKey[]): string[] {
  const taken = new Set(searched(text, keys));
  const sections = new Set(keys.map(({ path }) => dotted(path.slice(0, -1))));
  return keys
    .filter(({ path }) => !OWN.has(String(path[0])))
    .map(({ path }) => dotted(path))
    .filter((path) => !sections.has(path) && !taken.has(path) && path !== "training.output_path");
}

/** The paths that are searched: `params` names them as keys, or each item as its `param`. */
function searched(text: string, keys: readonly OutlineKey[]): string[] {
  return keys.flatMap(({ path, to }) => {
    const [head, params, name, key] = path;
    if (head !== SECTION || params !== "params" || name === undefined) return [];
    if (path.length === 3 && typeof name === "string") return [name];
    return path.length === 4 && key === "param" ? [scalarAfter(text, to)] : [];
  });
}

function scalarAfter(text: string, offset: number): string {
  return /^\s*:\s*["']?([^\s,}\]#"']*)/.exec(text.slice(offset, offset + 1000))?.[1] ?? "";
}

function explanation(schema: Schema, text: string, offset: number): Explanation | null {
  const key = outline(text).find(({ from, to }) => from <= offset && offset <= to);
  if (key?.path[0] !== SECTION) return null;
  const path = key.path.slice(1);
  const { description, fallback } = (path.length === 0 ? null : keyHint(schema, path)) ?? {
    description: path.length === 0 ? String(schema["description"] ?? "") : "",
    fallback: null,
  };
  if (description === "") return null;
  const values = valueHints(schema, path).map(({ name }) => name);
  return { from: key.from, to: key.to, title: String(key.path.at(-1)), description, fallback, values };
}

function dotted(path: YamlPath): string {
  return path.join(".");
}

function isSame(one: YamlPath, other: YamlPath): boolean {
  return one.length === other.length && one.every((step, index) => step === other[index]);
}
