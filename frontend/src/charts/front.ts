/** What counts for a front: a value per objective, null for a trial that cannot be on it. */
export type Values = readonly number[] | null;

/**
 * Indices of the entries that no other one beats: none is at least as good in every objective and better in one.
 * `isLowBest` tells of each objective whether low values are the good ones.
 */
export function frontOf(entries: readonly Values[], isLowBest: readonly boolean[]): Set<number> {
  const signed = entries.flatMap((values, index) => {
    const known = values && isLowBest.map((isLow, at) => (values[at] ?? Number.NaN) * (isLow ? 1 : -1));
    return known?.every(Number.isFinite) ? [{ index, known }] : [];
  });
  // By the first objective nobody later beats somebody earlier, save for equals.
  signed.sort((a, b) => compared(a.known, b.known));
  const front: typeof signed = [];
  for (const entry of signed) if (!front.some(({ known }) => beats(known, entry.known))) front.push(entry);
  return new Set(front.map(({ index }) => index));
}

function compared(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

function beats(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, at) => value <= (b[at] ?? 0)) && a.some((value, at) => value < (b[at] ?? 0));
}

/**
 * The border of what was reached in two objectives: from each point of the front along x, where its y is still the
 * best one, to the next one. Points are any pixels of the front; `isLowX` tells whether low x are the good ones.
 */
export function frontPath(points: readonly { x: number; y: number }[], isLowX: boolean): string {
  const sorted = points.toSorted((a, b) => (isLowX ? a.x - b.x : b.x - a.x));
  return sorted
    .map(({ x, y }, at) => `${at === 0 ? `M${x.toFixed(1)},` : `H${x.toFixed(1)}V`}${y.toFixed(1)}`)
    .join("");
}
