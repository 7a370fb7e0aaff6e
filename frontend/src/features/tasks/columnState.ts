/** Which columns are shown, in which order, how wide: as text in the URL and in the browser's storage. */

export interface ColumnChoice {
  id: string;
  /** Pixels; undefined leaves the width to the column. */
  width?: number;
}

export const LEAST_WIDTH = 40;
export const MOST_WIDTH = 1200;
const MOST_COLUMNS = 60;

/** "id,name:260" → choices. What cannot be read is left out; a column named twice keeps its first place. */
export function parseColumns(text: string): ColumnChoice[] {
  const seen = new Set<string>();
  return text
    .split(",")
    .slice(0, MOST_COLUMNS)
    .map(parseColumn)
    .filter((choice) => choice.id !== "" && !seen.has(choice.id) && seen.add(choice.id));
}

function parseColumn(part: string): ColumnChoice {
  const [, head = "", digits] = /^(.*?)(?::(\d{1,4}))?$/.exec(part.trim()) ?? [];
  const id = decoded(head);
  return digits === undefined ? { id } : { id, width: clampedWidth(Number(digits)) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function formatColumns(choices: readonly ColumnChoice[]): string {
  return choices
    .map(({ id, width }) => (width === undefined ? encoded(id) : `${encoded(id)}:${width}`))
    .join(",");
}

/** Only what parts the text is encoded, so that links stay readable. */
function encoded(id: string): string {
  return id.replace(/[%,:]/g, encodeURIComponent);
}

export function clampedWidth(width: number): number {
  return Math.round(Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, width)));
}

export function withWidth(choices: readonly ColumnChoice[], id: string, width: number): ColumnChoice[] {
  return choices.map((choice) => (choice.id === id ? { id, width: clampedWidth(width) } : choice));
}

/** Shows a hidden column at the end, hides a shown one; the last one stays. */
export function withToggled(choices: readonly ColumnChoice[], id: string): ColumnChoice[] {
  const rest = choices.filter((choice) => choice.id !== id);
  if (rest.length === choices.length) return [...choices, { id }];
  return rest.length > 0 ? rest : [...choices];
}

/** Puts a column at a place; places outside mean the nearest end. */
export function withMoved(choices: readonly ColumnChoice[], id: string, place: number): ColumnChoice[] {
  const moved = choices.find((choice) => choice.id === id);
  if (!moved) return [...choices];
  const rest = choices.filter((choice) => choice !== moved);
  const at = Math.min(rest.length, Math.max(0, place));
  return [...rest.slice(0, at), moved, ...rest.slice(at)];
}

/** A default column, and what it needs. `rank` says which go first when room is short: the highest. */
export interface FittingColumn {
  id: string;
  least: number;
  rank: number;
}

/** Of the default columns those that fit into a width, in their order; rank 0 always stays. */
export function fittingColumns(columns: readonly FittingColumn[], width: number): ColumnChoice[] {
  const kept = [...columns];
  const needed = () => kept.reduce((sum, column) => sum + column.least, 0);
  while (needed() > width) {
    const worst = kept.reduce((most, column) => (column.rank > most.rank ? column : most), {
      id: "",
      least: 0,
      rank: 0,
    });
    if (worst.rank === 0) break;
    kept.splice(kept.indexOf(worst), 1);
  }
  return kept.map(({ id }) => ({ id }));
}
