/** Reads a JSON Schema as editors need it: which keys and values may stand at a place, and what is said of them. */

import type { YamlPath } from "./yamlOutline";

export type Schema = Readonly<Record<string, unknown>>;

/** A key or a value that may be written. */
export interface SchemaHint {
  name: string;
  description: string;
  /** What holds without it, as YAML; null where nothing is said. */
  fallback: string | null;
  isRequired: boolean;
  /** What may follow a key is a section and nothing else. */
  isSection: boolean;
}

const LOOPS = 20;

/** The schemas that may hold at a path, every alternative by itself. */
export function schemasAt(root: Schema, path: YamlPath): Schema[] {
  let found = alternatives(root, root);
  for (const step of path) {
    found = found.flatMap((schema) => alternatives(root, inner(schema, step)));
  }
  return found;
}

function inner(schema: Schema, step: string | number): Schema | null {
  if (typeof step === "number") return schemaIn(schema, "items");
  const properties = schemaIn(schema, "properties");
  return (properties && schemaIn(properties, step)) ?? schemaIn(schema, "additionalProperties");
}

function alternatives(root: Schema, schema: Schema | null, depth = 0): Schema[] {
  if (!schema || depth > LOOPS) return [];
  const reference = schema["$ref"];
  if (typeof reference === "string") return alternatives(root, resolved(root, reference), depth + 1);
  const any = listIn(schema, "anyOf");
  if (any.length === 0) return [schema];
  const shared = Object.fromEntries(Object.entries(schema).filter(([key]) => key !== "anyOf"));
  return any.flatMap((one) => alternatives(root, { ...shared, ...one }, depth + 1));
}

function resolved(root: Schema, reference: string): Schema | null {
  const steps = reference.replace(/^#\//, "").split("/");
  return steps.reduce<Schema | null>((schema, step) => schema && schemaIn(schema, step), root);
}

/** The keys of a section, those that must be given first; without spellings that are kept for old files. */
export function keyHints(root: Schema, path: YamlPath): SchemaHint[] {
  const hints = new Map<string, SchemaHint>();
  for (const schema of schemasAt(root, path)) {
    const required = new Set(textsIn(schema, "required"));
    for (const [name, property] of Object.entries(schemaIn(schema, "properties") ?? {})) {
      if (!isSchema(property) || property["deprecated"] === true || hints.has(name)) continue;
      hints.set(name, hintOf(root, name, property, required.has(name)));
    }
  }
  return [...hints.values()].sort((one, other) => Number(other.isRequired) - Number(one.isRequired));
}

/** What is said of the key that a path ends with; null where the schema does not know it. */
export function keyHint(root: Schema, path: YamlPath): SchemaHint | null {
  const name = path.at(-1);
  if (typeof name !== "string") return null;
  for (const schema of schemasAt(root, path.slice(0, -1))) {
    const property = inner(schema, name);
    const isRequired = textsIn(schema, "required").includes(name);
    if (property) return hintOf(root, name, property, isRequired);
  }
  return null;
}

/** The words that may stand at a path. */
export function valueHints(root: Schema, path: YamlPath): SchemaHint[] {
  const schemas = schemasAt(root, path);
  const fallback = fallbackOf(keySchema(root, path) ?? {});
  const hints = new Map<string, SchemaHint>();
  for (const schema of schemas) {
    const words = [...valuesIn(schema, "enum"), ...("const" in schema ? [schema["const"]] : [])];
    if (schema["type"] === "boolean") words.push(true, false);
    if (words.length === 0) words.push(...valuesIn(schema, "examples"));
    for (const word of words) {
      const name = String(word);
      const description = name === fallback ? "the default" : "";
      hints.set(name, { name, description, fallback: null, isRequired: false, isSection: false });
    }
  }
  return [...hints.values()];
}

function keySchema(root: Schema, path: YamlPath): Schema | null {
  const name = path.at(-1);
  if (name === undefined) return null;
  const owners = schemasAt(root, path.slice(0, -1));
  return owners.map((schema) => inner(schema, name)).find((schema) => schema !== null) ?? null;
}

function hintOf(root: Schema, name: string, property: Schema, isRequired: boolean): SchemaHint {
  const kinds = alternatives(root, property);
  const told = [property, ...kinds].map(({ description }) => description);
  return {
    name,
    description: told.find((text) => typeof text === "string") ?? "",
    fallback: fallbackOf(property),
    isRequired,
    isSection: kinds.length > 0 && kinds.every((kind) => kind["type"] === "object"),
  };
}

function fallbackOf(schema: Schema): string | null {
  return "default" in schema ? String(schema["default"]) : null;
}

function schemaIn(schema: Schema, key: string): Schema | null {
  const value = Object.hasOwn(schema, key) ? schema[key] : null;
  return isSchema(value) ? value : null;
}

function listIn(schema: Schema, key: string): Schema[] {
  return valuesIn(schema, key).filter(isSchema);
}

function textsIn(schema: Schema, key: string): string[] {
  return valuesIn(schema, key).filter((value) => typeof value === "string");
}

function valuesIn(schema: Schema, key: string): unknown[] {
  const value = schema[key];
  return Array.isArray(value) ? value : [];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
