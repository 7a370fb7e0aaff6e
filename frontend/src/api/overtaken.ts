import type { QueryClient } from "@tanstack/react-query";
import { coalesced, type Patch, patched } from "./patches";

/** An answer that takes longer is out of date in other ways too. */
const KEPT_MS = 30_000;

/**
 * Patches that overtake an answer: the server read the rows, then a row changed and its patch came, then the rows
 * came. Without this the answer would put the old row back, and no later patch might ever mend it.
 */
export class OvertakenAnswers {
  private readonly startedAt = new Map<string, number>();
  private recent: { at: number; patches: readonly Patch[] }[] = [];

  constructor(
    private readonly cache: QueryClient,
    private readonly paths: readonly string[],
  ) {}

  /** Watches answers arrive; returns what ends that. */
  start(): () => void {
    return this.cache.getQueryCache().subscribe((event) => {
      if (event.type !== "updated" || !this.isMine(event.query.queryKey)) return;
      const { queryHash, queryKey } = event.query;
      if (event.action.type === "fetch") this.startedAt.set(queryHash, performance.now());
      if (event.action.type === "error") this.startedAt.delete(queryHash);
      // Data that was set by hand is the patches' own doing.
      if (event.action.type === "success" && !event.action.manual) this.mend(queryHash, queryKey);
    });
  }

  remember(patches: readonly Patch[]): void {
    const now = performance.now();
    this.recent = this.recent.filter(({ at }) => now - at < KEPT_MS);
    if (this.startedAt.size > 0) this.recent.push({ at: now, patches });
  }

  private mend(queryHash: string, queryKey: readonly unknown[]): void {
    const start = this.startedAt.get(queryHash) ?? Number.POSITIVE_INFINITY;
    this.startedAt.delete(queryHash);
    const later = coalesced(this.recent.filter(({ at }) => at >= start).flatMap(({ patches }) => patches));
    if (later.size > 0)
      this.cache.setQueryData<unknown>(queryKey, (answer: unknown) => patched(answer, later));
    if (this.startedAt.size === 0) this.recent = [];
  }

  private isMine([method, path]: readonly unknown[]): boolean {
    return method === "get" && typeof path === "string" && this.paths.includes(path);
  }
}
