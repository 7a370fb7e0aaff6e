/** Ids of selected tasks as short text: runs as ranges, "4-9,12". */

/** Longer text is kept out of the URL. */
const LONGEST_TEXT = 1000;
const MOST_SELECTED = 10_000;

export function parseSelection(text: string | undefined): Set<number> {
  const ids = new Set<number>();
  for (const part of (text ?? "").split(",")) {
    const [, from, to] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(part) ?? [];
    if (from === undefined) continue;
    const last = Math.min(Number(to ?? from), Number(from) + MOST_SELECTED);
    for (let id = Number(from); id <= last && ids.size < MOST_SELECTED; id += 1) ids.add(id);
  }
  ids.delete(0);
  return ids;
}

/** Undefined for none, and for a selection too scattered to be told shortly. */
export function formatSelection(ids: ReadonlySet<number>): string | undefined {
  const sorted = [...ids].sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const id of sorted) {
    const last = runs.at(-1);
    if (last && last[1] === id - 1) last[1] = id;
    else runs.push([id, id]);
  }
  const text = runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
  return text === "" || text.length > LONGEST_TEXT ? undefined : text;
}

/** All the ids selected, or all of them not. */
export function withIds(
  selection: ReadonlySet<number>,
  ids: readonly number[],
  isSelected: boolean,
): Set<number> {
  const next = new Set(selection);
  for (const id of ids) {
    if (isSelected) next.add(id);
    else next.delete(id);
  }
  return next;
}
