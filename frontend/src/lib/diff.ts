/** One line of a comparison; a line number is null on the side that lacks the line. */
export interface DiffLine {
  kind: "same" | "added" | "removed";
  text: string;
  before: number | null;
  after: number | null;
}

const LARGEST_TABLE = 4_000_000;

/**
 * The lines of two texts matched by their longest common subsequence, removed before added.
 * Texts whose differing middles exceed 4 million pairs are shown as wholly replaced there.
 */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [old, fresh] = [lines(before), lines(after)];
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, fresh.length) - start && old.at(-1 - end) === fresh.at(-1 - end))
    end += 1;
  const same = (count: number, oldFrom: number, newFrom: number): DiffLine[] =>
    old.slice(oldFrom, oldFrom + count).map((text, index) => ({
      kind: "same",
      text,
      before: oldFrom + index + 1,
      after: newFrom + index + 1,
    }));
  return [
    ...same(start, 0, 0),
    ...middle(old.slice(start, old.length - end), fresh.slice(start, fresh.length - end), start),
    ...same(end, old.length - end, fresh.length - end),
  ];
}

function lines(text: string): string[] {
  if (text === "") return [];
  return text.replace(/\r?\n$/, "").split(/\r?\n/);
}

function middle(old: string[], fresh: string[], offset: number): DiffLine[] {
  const lengths = old.length * fresh.length > LARGEST_TABLE ? null : commonLengths(old, fresh);
  const result: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < fresh.length) {
    const [removed, added] = [old[i], fresh[j]];
    if (lengths && removed !== undefined && removed === added) {
      result.push({ kind: "same", text: removed, before: offset + ++i, after: offset + ++j });
    } else if (removed !== undefined && (added === undefined || keepsRemoving(lengths, i, j))) {
      result.push({ kind: "removed", text: removed, before: offset + ++i, after: null });
    } else if (added !== undefined) {
      result.push({ kind: "added", text: added, before: null, after: offset + ++j });
    }
  }
  return result;
}

function keepsRemoving(lengths: Uint32Array[] | null, i: number, j: number): boolean {
  if (!lengths) return true;
  return (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0);
}

/** `table[i][j]` is the length of the longest common subsequence of `old[i:]` and `fresh[j:]`. */
function commonLengths(old: string[], fresh: string[]): Uint32Array[] {
  const table = Array.from({ length: old.length + 1 }, () => new Uint32Array(fresh.length + 1));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const [row, below] = [table[i], table[i + 1]];
    if (!row || !below) continue;
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      row[j] = old[i] === fresh[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}

/** Same lines further than `context` from any change are folded into one entry with their count. */
export type DiffPart = DiffLine | { kind: "folded"; count: number; before: number };

export function foldedDiff(diff: readonly DiffLine[], context = 3): DiffPart[] {
  const isNear = diff.map(() => false);
  diff.forEach((line, index) => {
    if (line.kind === "same") return;
    isNear.fill(true, Math.max(0, index - context), index + context + 1);
  });
  const parts: DiffPart[] = [];
  diff.forEach((line, index) => {
    const last = parts.at(-1);
    if (isNear[index]) parts.push(line);
    else if (last?.kind === "folded") last.count += 1;
    else parts.push({ kind: "folded", count: 1, before: line.before ?? 0 });
  });
  return parts;
}
