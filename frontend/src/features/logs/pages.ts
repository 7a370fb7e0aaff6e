import type { LogMeta, LogSource } from "./source";

export const PAGE_LINES = 500;
const MOST_PAGES = 24;

/**
 * The lines of a log held in memory: a few pages around what was read last, whatever the log's length.
 * Grows with the log and starts again when the log shrinks.
 */
export class LogPages {
  meta: LogMeta | null = null;
  error: Error | null = null;
  private readonly pages = new Map<number, string[]>();
  private readonly loading = new Set<number>();
  private readonly outdated = new Set<number>();
  private readonly listeners = new Set<() => void>();
  private refreshing: Promise<void> | null = null;
  private isStale = false;
  private version = 0;

  constructor(private readonly source: LogSource) {}

  /** For useSyncExternalStore: changes whenever something to draw has changed. */
  readonly snapshot = (): number => this.version;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The text of a line; undefined while it is on its way. */
  line(index: number): string | undefined {
    return this.pages.get(Math.floor(index / PAGE_LINES))?.[index % PAGE_LINES];
  }

  /** Sees to it that lines [first, last) are or will be here. */
  need(first: number, last: number): void {
    for (let page = Math.floor(first / PAGE_LINES); page * PAGE_LINES < last; page += 1) {
      const lines = this.pages.get(page);
      if (
        lines &&
        !this.outdated.has(page) &&
        lines.length >= Math.min(PAGE_LINES, (this.meta?.lines ?? 0) - page * PAGE_LINES)
      )
        this.touch(page, lines);
      else void this.load(page);
    }
  }

  /** Reads the log's size again; calls while one is under way end in one more. */
  async refresh(): Promise<void> {
    if (this.refreshing) {
      this.isStale = true;
      return this.refreshing;
    }
    this.refreshing = this.readMeta();
    await this.refreshing;
    this.refreshing = null;
    if (!this.isStale) return;
    this.isStale = false;
    await this.refresh();
  }

  private async readMeta(): Promise<void> {
    try {
      const meta = await this.source.meta();
      this.compare(this.meta, meta);
      this.meta = meta;
      this.error = null;
    } catch (error) {
      this.error = error instanceof Error ? error : new Error(String(error));
    }
    this.changed();
  }

  /** A smaller log is another log; a larger one may have changed its last line, such as a progress bar. */
  private compare(old: LogMeta | null, fresh: LogMeta): void {
    if (!old || old.size === fresh.size) return;
    if (fresh.size < old.size) this.pages.clear();
    else this.outdated.add(Math.floor(Math.max(0, old.lines - 1) / PAGE_LINES));
  }

  private async load(page: number): Promise<void> {
    if (this.loading.has(page)) return;
    this.loading.add(page);
    this.outdated.delete(page);
    try {
      const { lines } = await this.source.lines(page * PAGE_LINES, PAGE_LINES);
      this.touch(page, lines);
      this.error = null;
    } catch (error) {
      this.error = error instanceof Error ? error : new Error(String(error));
    }
    this.loading.delete(page);
    this.changed();
  }

  /** Puts a page in as the one read last, and forgets the one read longest ago. */
  private touch(page: number, lines: string[]): void {
    this.pages.delete(page);
    this.pages.set(page, lines);
    for (const oldest of this.pages.keys()) {
      if (this.pages.size <= MOST_PAGES) break;
      this.pages.delete(oldest);
    }
  }

  private changed(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}
