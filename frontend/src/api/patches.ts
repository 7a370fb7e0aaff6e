/** Changed rows put into cached answers; what did not change keeps its identity, so that it is not drawn again. */

/** Some fields of a row, and its id. */
export type Patch = { id: number } & Record<string, unknown>;

/**
 * A cached answer with patches applied: a row, `{items: rows}`, or pages of those. Returns the same object when no
 * row of it is patched.
 */
export function patched<T>(answer: T, patches: ReadonlyMap<number, Patch>): T {
  if (!isRecord(answer)) return answer;
  if (Array.isArray(answer["pages"])) return replaced(answer, "pages", mapped(answer["pages"], patches));
  if (Array.isArray(answer["items"])) return replaced(answer, "items", mapped(answer["items"], patches));
  const patch = typeof answer["id"] === "number" ? patches.get(answer["id"]) : undefined;
  return patch ? { ...answer, ...patch } : answer;
}

/** Patches by id; of several for one row, later fields win. */
export function coalesced(patches: readonly Patch[]): Map<number, Patch> {
  const byId = new Map<number, Patch>();
  for (const patch of patches) byId.set(patch.id, { ...byId.get(patch.id), ...patch });
  return byId;
}

export function isPatch(value: unknown): value is Patch {
  return isRecord(value) && typeof value["id"] === "number";
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function replaced<T extends Record<string, unknown>>(answer: T, name: string, value: unknown): T {
  return answer[name] === value ? answer : { ...answer, [name]: value };
}

function mapped(items: unknown[], patches: ReadonlyMap<number, Patch>): unknown[] {
  let hasChanged = false;
  const fresh = items.map((item) => {
    const next = patched(item, patches);
    hasChanged ||= next !== item;
    return next;
  });
  return hasChanged ? fresh : items;
}
