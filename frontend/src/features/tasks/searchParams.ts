import { STATUSES } from "~/lib/statuses";
import { flag, integer, list, oneOf, type Reader, type SearchOf, text } from "~/lib/urlState";

/** A project's name; empty stands for tasks of no project. */
const projectName: Reader<string> = (raw) => (typeof raw === "string" ? raw : undefined);

/** What the URL says about the list of tasks and the open task. */
export const taskReaders = {
  q: text(),
  status: list(oneOf(...STATUSES)),
  platform: list(text()),
  project: list(projectName),
  tag: list(text()),
  where: list(text()),
  search_id: list(integer(1)),
  archived: flag(),
  /** As the API reads it: "-created_at,name". */
  sort: text(),
  /** Shown columns in order, with widths where the user chose one: "id,name:260,params.lr". */
  columns: text(),
  /** Selected tasks: "4-9,12". Left out when it would be long. */
  selected: text(),
  /** The curves of the selected tasks stand where one task's panel would. */
  overlay: flag(),
  /** The open task. */
  task: integer(1),
  /** Its open tab: "plots", "config", "details" or the name of a log. */
  tab: text(),
};

export type TaskSearch = SearchOf<typeof taskReaders>;
export type TaskFilter = Pick<
  TaskSearch,
  "q" | "status" | "platform" | "project" | "tag" | "where" | "search_id" | "archived"
>;

/** The order when the URL names none. */
export const DEFAULT_SORT = "-id";

/** Everything that narrows the list, cleared; the archived view is another list, not a filter. */
export const NO_FILTER = {
  q: undefined,
  status: undefined,
  platform: undefined,
  project: undefined,
  tag: undefined,
  where: undefined,
  search_id: undefined,
} as const;

/** The filter as the API's query parameters; what is not set is left out, so that equal filters have equal keys. */
export function filterQuery(search: TaskFilter) {
  return {
    ...(search.q ? { q: search.q } : {}),
    ...filled("status", search.status),
    ...filled("platform", search.platform),
    ...filled("project", search.project),
    ...filled("tag", search.tag),
    ...filled("where", search.where),
    ...filled("search_id", search.search_id),
    ...(search.archived ? { archived: true } : {}),
  };
}

export type FilterQuery = ReturnType<typeof filterQuery>;

function filled<const Name extends string, T>(name: Name, values: T[] | undefined) {
  const none: Partial<Record<Name, T[]>> = {};
  return values && values.length > 0 ? { ...none, [name]: values } : none;
}

/** How many things narrow the list, apart from its text. */
export function countFilters(search: TaskFilter): number {
  const { status, platform, project, tag, where, search_id } = search;
  const lists = [status, platform, project, tag, where, search_id];
  return lists.reduce((count, values) => count + (values?.length ?? 0), 0);
}

export function isFiltered(search: TaskFilter): boolean {
  return Boolean(search.q) || countFilters(search) > 0;
}

/** "params.lr<0.01" and the like: text that means a comparison, not words to look for. */
export function isComparison(text: string): boolean {
  return /^\s*(params|metrics)\.[^<>=!~]+(<=|>=|!=|==|!~|[=<>~])\s*\S/.test(text);
}

/** The values with one added or taken away; undefined when none is left. */
export function toggled<T>(values: readonly T[] | undefined, value: T): T[] | undefined {
  const rest = (values ?? []).filter((other) => other !== value);
  if (rest.length === (values ?? []).length) rest.push(value);
  return rest.length > 0 ? rest : undefined;
}

/** One key of an order; the first decides, the next break ties. */
export interface SortKey {
  key: string;
  isDescending: boolean;
}

export function parseSort(text: string): SortKey[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "" && part !== "-")
    .map((part) => ({ key: part.replace(/^-/, ""), isDescending: part.startsWith("-") }));
}

export function formatSort(keys: readonly SortKey[]): string {
  return keys.map(({ key, isDescending }) => (isDescending ? `-${key}` : key)).join(",");
}

/**
 * What a click on a column's header makes of the order: ascending, then descending, then as before any click.
 * With `isAdded` the other keys stay, and this one breaks their ties.
 */
export function nextSort(sort: string, key: string, isAdded = false): string | undefined {
  const keys = parseSort(sort);
  const present = keys.find((one) => one.key === key);
  const isOnly = isAdded || keys.length === 1;
  const fresh = { key, isDescending: isOnly && present !== undefined && !present.isDescending };
  const isDone = isOnly && present?.isDescending === true;
  const others = isAdded ? keys.filter((one) => one.key !== key) : [];
  const next = formatSort(isDone ? others : [...others, fresh]);
  return next === "" || next === DEFAULT_SORT ? undefined : next;
}
