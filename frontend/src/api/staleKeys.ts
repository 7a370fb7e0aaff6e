import type { QueryClient } from "@tanstack/react-query";

/** The same answer is read again at most this often, however often the server names it. */
const EVERY_MS = 1000;

/**
 * Marks answers as out of date: at once when the last time is long enough ago, else together a little later. A search
 * that starts ten tasks a second names the lists of all tasks ten times a second.
 */
export class StaleKeys {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly waiting = new Map<string, unknown[]>();

  constructor(private readonly cache: QueryClient) {}

  mark(keys: readonly unknown[]): void {
    for (const key of keys) if (Array.isArray(key)) this.waiting.set(JSON.stringify(key), key);
    if (this.timer === undefined) this.tell();
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting.clear();
  }

  private tell(): void {
    this.timer = undefined;
    if (this.waiting.size === 0) return;
    const keys = [...this.waiting.values()];
    this.waiting.clear();
    this.timer = setTimeout(() => this.tell(), EVERY_MS);
    for (const queryKey of keys) void this.cache.invalidateQueries({ queryKey });
  }
}
