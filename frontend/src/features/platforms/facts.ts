/** "free_space" → "Free space". */
export function factLabel(name: string): string {
  const words = name
    .replaceAll("_", " ")
    .replace(/\b([gc])pu(s?)\b/i, (_, first: string, s: string) => `${first.toUpperCase()}PU${s}`)
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "2 of 4 slots", with nothing negative and nothing over the total. */
export function usedFraction({ used, total }: { used: number; total: number }): number {
  if (total <= 0) return used > 0 ? 1 : 0;
  return Math.min(1, Math.max(0, used / total));
}
