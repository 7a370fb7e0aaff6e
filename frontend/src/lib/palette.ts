/** Eight hues told apart by all kinds of colour vision; the values live in styles/tokens.css. */
export const HUES = 8;
const DASH = "6 3";

/** How one series is drawn. `faint` ones stay in the background until hovered or selected. */
export interface SeriesStyle {
  color: string;
  dash?: string;
  faint?: boolean;
}

/** The style of palette index 0, 1, 2 …: 8 hues, the same 8 dashed, then faint. */
export function seriesStyle(index: number): SeriesStyle {
  const color = `var(--series-${(index % HUES) + 1})`;
  if (index < HUES) return { color };
  if (index < 2 * HUES) return { color, dash: DASH };
  return { color, dash: index % (2 * HUES) < HUES ? undefined : DASH, faint: true };
}

/**
 * Palette indices for the things shown together, keyed by a lasting integer such as the task's id.
 *
 * Each prefers `id mod 8`, so that a task keeps its colour wherever it is drawn; of two that want the same hue
 * the one with the smaller id has it, and the other takes the next free one.
 */
export function paletteIndices(ids: readonly number[]): Map<number, number> {
  const taken = new Set<number>();
  const indices = new Map<number, number>();
  for (const id of [...new Set(ids)].sort((a, b) => a - b)) {
    const round = Math.floor(taken.size / HUES) * HUES;
    let hue = id % HUES;
    while (taken.has(round + hue)) hue = (hue + 1) % HUES;
    taken.add(round + hue);
    indices.set(id, round + hue);
  }
  return indices;
}

/** Styles for tasks by id; see {@link paletteIndices}. */
export function taskStyles(ids: readonly number[]): Map<number, SeriesStyle> {
  return new Map([...paletteIndices(ids)].map(([id, index]) => [id, seriesStyle(index)]));
}
