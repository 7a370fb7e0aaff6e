import { useMemo, useState } from "react";
import type { Platform, PlatformCheck, PlatformType } from "~/api/client";
import { ApiError } from "~/api/errors";
import { fieldNamed, fieldOfError, inOrder } from "./form/layout";
import { withResources } from "./form/resources";
import { type Field, fieldsOf } from "./form/schema";
import { settingsOf, type Values, valuesOf } from "./form/values";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/;

/** What was said of the fields, and what they held then: it counts until they are changed. */
interface Said {
  values: Values;
  name: string;
  byPath: ReadonlyMap<string, string>;
  /** About no field in particular. */
  other: readonly string[];
}

/** The form's state: every field's text, the settings that it means, and what is wrong with which field. */
export function usePlatformDraft(
  type: PlatformType,
  platform: Platform | undefined,
  taken: readonly string[],
) {
  const fields = useMemo(() => inOrder(type.type, withResources(fieldsOf(type.schema))), [type]);
  const [start] = useState(() => (platform ? valuesOf(fields, platform.settings) : {}));
  const [values, setValues] = useState<Values>(start);
  const [name, setName] = useState(platform?.name ?? "");
  const [said, setSaid] = useState<Said | null>(null);
  const { settings, problems } = useMemo(() => settingsOf(fields, values), [fields, values]);

  const say = (byPath: ReadonlyMap<string, string>, other: readonly string[] = []) =>
    setSaid({ values, name, byPath, other });
  const problemOf = (path: string): string | undefined =>
    problems.get(path) ?? (said && said.values[path] === values[path] ? said.byPath.get(path) : undefined);
  const nameSaid = said && said.name === name ? said.byPath.get("name") : undefined;

  return {
    fields,
    values,
    settings,
    name,
    setName,
    set: (path: string, text: string) => setValues((before) => ({ ...before, [path]: text })),
    problemOf,
    nameProblem: nameProblem(name, taken) ?? nameSaid,
    /** What the last failed request said that belongs to no field. */
    other: said && said.values === values && said.name === name ? said.other : [],
    hasLocalProblem: problems.size > 0,
    /** Whether a field is still as it was when something was said of it. */
    isMarked: said !== null && [...said.byPath.keys()].some((path) => said.values[path] === values[path]),
    isDirty: values !== start || name !== (platform?.name ?? ""),
    /** Puts what a check found beside the fields that it names. */
    sayFound: (found: PlatformCheck) => say(placesOfProblems(found, fields, values)),
    /** Puts the errors of a refused request beside their fields. */
    sayRefused: (error: unknown) => {
      const byPath = new Map<string, string>();
      const other = new Set<string>();
      for (const { path, message } of error instanceof ApiError ? error.fields : []) {
        const place = placeOfError(path, message, fields);
        if (place !== null) byPath.set(place, message);
        else if (path.startsWith("settings")) other.add(message);
      }
      if (byPath.size === 0 && other.size === 0) other.add(messageOf(error));
      say(byPath, [...other]);
    },
  };
}

export type FormDraft = ReturnType<typeof usePlatformDraft>;

/** Every problem at the field that it names; who does not answer may be at the wrong address. */
function placesOfProblems(
  found: PlatformCheck,
  fields: readonly Field[],
  values: Values,
): Map<string, string> {
  const address = values["hosts"] ? "hosts" : "host";
  const places = new Map<string, string>();
  for (const { message, remedy } of found.problems) {
    const named = fieldNamed(`${message} ${remedy}`, fields);
    const isAddress = found.condition === "unreachable" && (named === null || named === "port");
    const place = isAddress ? address : named;
    if (place !== null) places.set(place, message);
  }
  return places;
}

/** A section's error names the key that it is about in its words only. */
function placeOfError(path: string, message: string, fields: readonly Field[]): string | null {
  // What is wrong with the file as it is now is about another platform.
  if (path !== "name" && !path.startsWith("settings")) return null;
  const place = fieldOfError(path, fields) ?? fieldNamed(message, fields);
  return place ?? (path === "name" ? "name" : null);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What is wrong with a new platform's name; nothing while there is none. */
export function nameProblem(name: string, taken: readonly string[]): string | undefined {
  if (name === "") return undefined;
  if (!NAME.test(name))
    return "Letters, digits, . _ and - only, no more than 50, and a letter or digit first.";
  return taken.includes(name) ? `There is a platform ${name} already.` : undefined;
}
