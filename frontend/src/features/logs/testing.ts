import type { LogSource } from "./source";

/** A log in memory that can grow, shrink and break, for tests. */
export function memoryLog(initial: string[], isComplete = false) {
  let lines = [...initial];
  let failure: Error | null = null;
  const reads: number[] = [];
  const listeners = new Set<() => void>();
  const checked = <T>(value: T) => (failure ? Promise.reject(failure) : Promise.resolve(value));
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const source: LogSource = {
    meta: () => checked({ size: lines.join("\n").length, lines: lines.length, isComplete }),
    lines: (start, count) => {
      reads.push(start);
      return checked({ start, lines: lines.slice(start, start + count), total: lines.length });
    },
    search: async (pattern, isRegex) => {
      const regex = isRegex ? new RegExp(pattern, "i") : null;
      const isMatch = (line: string) =>
        regex ? regex.test(line) : line.toLowerCase().includes(pattern.toLowerCase());
      const matches = lines.flatMap((line, index) => (isMatch(line) ? [index] : []));
      return checked({
        matches: matches.slice(0, 1000),
        total: matches.length,
        truncated: matches.length > 1000,
      });
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    rawUrl: "/raw",
  };
  return {
    source,
    reads,
    append: (...more: string[]) => {
      lines = [...lines, ...more];
      tell();
    },
    replace: (other: string[]) => {
      lines = other;
      tell();
    },
    breakWith: (error: Error | null) => {
      failure = error;
    },
  };
}
