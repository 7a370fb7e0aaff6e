/** A trial's value at a rung as the server sends it. */
export interface RungEntry {
  number: number;
  value: number | null;
  rank: number | null;
  is_stopped: boolean;
}

export interface Rung {
  bracket: number;
  epoch: number;
  /** Best first. */
  entries: RungEntry[];
}

export interface Bracket {
  bracket: number;
  /** Lowest first. */
  rungs: Rung[];
  /** Trials at any of its rungs. */
  numTrials: number;
}

/** The rungs by bracket, both ascending. */
export function bracketsOf(rungs: readonly Rung[]): Bracket[] {
  const byBracket = new Map<number, Rung[]>();
  for (const rung of rungs) byBracket.set(rung.bracket, [...(byBracket.get(rung.bracket) ?? []), rung]);
  return [...byBracket]
    .sort(([a], [b]) => a - b)
    .map(([bracket, own]) => ({
      bracket,
      rungs: own.toSorted((a, b) => a.epoch - b.epoch),
      numTrials: new Set(own.flatMap(({ entries }) => entries.map(({ number }) => number))).size,
    }));
}

/** "12 kept · 24 stopped". */
export function rungSummary({ entries }: Pick<Rung, "entries">): string {
  const stopped = entries.filter(({ is_stopped }) => is_stopped).length;
  return `${entries.length - stopped} kept · ${stopped} stopped`;
}
