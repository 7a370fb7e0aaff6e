/**
 * The URL's search as plain, readable text: `?status=running&status=lost&q=resnet`.
 * A repeated name is a list; nothing is JSON. Each page declares its own names with {@link searchSchema}.
 */

export type RawSearch = Record<string, unknown>;

/** For the router's `parseSearch`. */
export function parseSearch(text: string): RawSearch {
  const search: Record<string, string | string[]> = {};
  const parameters = new URLSearchParams(text);
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    search[name] = values.length === 1 ? (values[0] ?? "") : values;
  }
  return search;
}

/** For the router's `stringifySearch`: undefined, null, false and empty lists leave no trace. */
export function stringifySearch(search: RawSearch): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item === undefined || item === null || item === false) continue;
      parameters.append(name, item === true ? "1" : String(item));
    }
  }
  const text = parameters.toString().replaceAll("%2C", ",").replaceAll("%2F", "/").replaceAll("%3A", ":");
  return text && `?${text}`;
}

/** Reads one raw value; undefined for nonsense, so that an edited URL falls back instead of failing. */
export type Reader<T> = (raw: unknown) => T | undefined;

export type SearchOf<Readers extends Record<string, Reader<unknown>>> = {
  [Name in keyof Readers]?: Exclude<ReturnType<Readers[Name]>, undefined>;
};

export function text(): Reader<string> {
  return (raw) => (typeof raw === "string" || typeof raw === "number" ? String(raw) || undefined : undefined);
}

export function integer(smallest = 0): Reader<number> {
  return (raw) => {
    const value = typeof raw === "string" && raw !== "" ? Number(raw) : raw;
    return typeof value === "number" && Number.isSafeInteger(value) && value >= smallest ? value : undefined;
  };
}

export function number(low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY): Reader<number> {
  return (raw) => {
    const value = typeof raw === "string" && raw !== "" ? Number(raw) : raw;
    return typeof value === "number" && value >= low && value <= high ? value : undefined;
  };
}

export function flag(): Reader<true> {
  return (raw) => (raw === true || raw === "1" || raw === "true" ? true : undefined);
}

export function oneOf<const Choice extends string>(...choices: readonly Choice[]): Reader<Choice> {
  return (raw) => choices.find((choice) => choice === raw);
}

/** One or several values; those that `item` refuses are dropped, and no value is no list. */
export function list<T>(item: Reader<T>): Reader<T[]> {
  return (raw) => {
    const values = (Array.isArray(raw) ? raw : [raw]).map(item).filter((value) => value !== undefined);
    return values.length > 0 ? values : undefined;
  };
}

/** A validator for a route: keeps the declared names that read well, drops everything else. */
export function searchSchema<Readers extends Record<string, Reader<unknown>>>(
  readers: Readers,
): (raw: RawSearch) => SearchOf<Readers> {
  return (raw) => {
    const search: SearchOf<Readers> = {};
    for (const name in readers) {
      const value = readers[name]?.(raw[name]);
      if (value !== undefined) Object.assign(search, { [name]: value });
    }
    return search;
  };
}

/** The line number of a permalink (`#L1234`), 1-based; null for any other hash. */
export function lineOfHash(hash: string): number | null {
  const digits = /^#?L(\d{1,15})$/.exec(hash)?.[1];
  return digits && Number(digits) > 0 ? Number(digits) : null;
}
