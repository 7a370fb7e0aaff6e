import type { QueryClient } from "@tanstack/react-query";
import { OvertakenAnswers } from "./overtaken";
import { coalesced, isPatch, isRecord, type Patch, patched } from "./patches";
import { SearchWatch, trialsPatched } from "./searchWatch";
import { StaleKeys } from "./staleKeys";
import { STATUS_DEPENDENT, StatusWatch } from "./statusWatch";

/** `idle`: the tab is hidden; `lost`: the stream broke and is being opened again. */
export type Connection = "idle" | "connecting" | "open" | "lost";

/** A log that grew. */
export interface LogGrowth {
  task_id: number;
  name: string;
  size: number;
}

const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 5000;
/** After this many failures in a row every retry also reads the visible lists again. */
const POLL_AFTER = 3;
/** The answers whose rows the stream patches. */
const PATCHED_PATHS = ["/tasks", "/tasks/{task_id}"];
/** Whose rows name tasks, of which the stream tells. */
const TRIALS_PATH = "/hpsearch/{search_id}/trials";
/** Charts are read again at most this often. */
const METRICS_EVERY_MS = 1000;

/**
 * The one stream of a visible tab: browsers allow six connections to a server over HTTP/1.1, for all tabs together.
 * It patches changed tasks into the cache, marks other answers as out of date, and after a gap reads all again.
 */
export class LiveConnection {
  private connection: Connection = "idle";
  private stream: EventSource | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private hasGap = false;
  private frame = 0;
  private patches: Patch[] = [];
  private readonly statuses = new StatusWatch();
  private metricsTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly metricTasks = new Set<number>();
  private readonly listeners = new Set<() => void>();
  private readonly logListeners = new Set<(growth: LogGrowth) => void>();

  private readonly overtaken: OvertakenAnswers;
  private readonly searches: SearchWatch;
  private readonly stale: StaleKeys;

  constructor(
    private readonly cache: QueryClient,
    private readonly url = "/events",
  ) {
    this.overtaken = new OvertakenAnswers(cache, PATCHED_PATHS);
    this.searches = new SearchWatch(cache);
    this.stale = new StaleKeys(cache);
  }

  /** Opens the stream and keeps it open while the tab is visible; returns what ends that. */
  start(): () => void {
    const onVisibility = () => (document.hidden ? this.close("idle") : this.open());
    document.addEventListener("visibilitychange", onVisibility);
    const endWatching = this.overtaken.start();
    onVisibility();
    return () => {
      endWatching();
      document.removeEventListener("visibilitychange", onVisibility);
      this.close("idle");
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): Connection => this.connection;

  /** Calls back for every log that grows, and after a gap for none in particular (`null`). */
  onLog(listener: (growth: LogGrowth | null) => void): () => void {
    this.logListeners.add(listener);
    const onOpen = () => this.connection === "open" && listener(null);
    this.listeners.add(onOpen);
    return () => {
      this.logListeners.delete(listener);
      this.listeners.delete(onOpen);
    };
  }

  private open(): void {
    if (this.stream || document.hidden) return;
    clearTimeout(this.retry);
    this.set(this.failures > 0 ? "lost" : "connecting");
    const stream = new EventSource(this.url);
    this.stream = stream;
    stream.onopen = () => this.opened();
    stream.onerror = () => this.failed();
    this.on(stream, "tasks", (data) => this.queue(data.filter(isPatch)));
    this.on(stream, "invalidate", (data) => this.stale.mark(data));
    this.on(stream, "metrics", (data) => this.metricsGrew(data));
    this.on(stream, "logs", (data) => this.logsGrew(data));
    this.on(stream, "searches", (data) => this.searches.searchesChanged(data));
    this.on(stream, "platforms", () =>
      this.stale.mark([
        ["get", "/platforms"],
        ["get", "/platforms/{name}"],
      ]),
    );
  }

  private close(next: Connection): void {
    clearTimeout(this.retry);
    clearTimeout(this.metricsTimer);
    this.metricsTimer = undefined;
    this.searches.close();
    this.stale.close();
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (this.stream) this.hasGap = true;
    this.stream?.close();
    this.stream = null;
    this.set(next);
  }

  private opened(): void {
    this.failures = 0;
    if (this.hasGap) this.readAllAgain();
    this.hasGap = false;
    this.set("open");
  }

  /** Trials too are read as a whole: what became of their tasks meanwhile is no news of the search. */
  private readAllAgain(): void {
    this.cache.setQueriesData<unknown>({ queryKey: ["get", TRIALS_PATH] }, (answer: unknown) =>
      isRecord(answer) ? { ...answer, seq: 0 } : answer,
    );
    void this.cache.invalidateQueries({ queryKey: ["get"] });
  }

  /** The browser gives up after an answer that is no stream, so the retry is always ours. */
  private failed(): void {
    this.failures += 1;
    this.close("lost");
    if (this.failures >= POLL_AFTER) void this.cache.invalidateQueries({ queryKey: ["get"] });
    const delay = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.failures - 1));
    this.retry = setTimeout(() => this.open(), delay);
  }

  private on(stream: EventSource, name: string, handle: (data: unknown[]) => void): void {
    stream.addEventListener(name, (event: MessageEvent<string>) => {
      const data: unknown = JSON.parse(event.data);
      if (Array.isArray(data)) handle(data);
    });
  }

  private queue(patches: Patch[]): void {
    this.patches.push(...patches);
    this.overtaken.remember(patches);
    this.frame ||= requestAnimationFrame(() => this.flush());
    this.searches.tasksChanged(patches);
  }

  private flush(): void {
    this.frame = 0;
    const byId = coalesced(this.patches);
    this.patches = [];
    for (const path of PATCHED_PATHS) {
      this.cache.setQueriesData<unknown>({ queryKey: ["get", path] }, (answer: unknown) =>
        patched(answer, byId),
      );
    }
    this.cache.setQueriesData<unknown>({ queryKey: ["get", TRIALS_PATH] }, (answer: unknown) =>
      trialsPatched(answer, byId),
    );
    if (this.statuses.hasChange(byId.values()))
      this.stale.mark(STATUS_DEPENDENT.map((path) => ["get", path]));
  }

  private metricsGrew(changes: unknown[]): void {
    for (const change of changes) {
      if (isRecord(change) && typeof change["task_id"] === "number") this.metricTasks.add(change["task_id"]);
    }
    this.metricsTimer ??= setTimeout(() => this.refreshMetrics(), METRICS_EVERY_MS);
  }

  private refreshMetrics(): void {
    this.metricsTimer = undefined;
    const tasks = new Set(this.metricTasks);
    this.metricTasks.clear();
    void this.cache.invalidateQueries({
      predicate: ({ queryKey: [, path, init] }) =>
        typeof path === "string" &&
        path.startsWith("/metrics") &&
        namedTasks(init).some((id) => tasks.has(id)),
    });
  }

  private logsGrew(changes: unknown[]): void {
    for (const change of changes) {
      if (!isRecord(change)) continue;
      const { task_id, name, size } = change;
      if (typeof task_id !== "number" || typeof name !== "string" || typeof size !== "number") continue;
      for (const listener of this.logListeners) listener({ task_id, name, size });
    }
  }

  private set(connection: Connection): void {
    if (this.connection === connection) return;
    this.connection = connection;
    for (const listener of this.listeners) listener();
  }
}

/** The task ids in a metric query's parameters. */
function namedTasks(init: unknown): number[] {
  if (!isRecord(init) || !isRecord(init["params"])) return [];
  const { path, query } = init["params"];
  const ids = [
    isRecord(path) ? path["task_id"] : undefined,
    isRecord(query) ? query["task_id"] : undefined,
  ].flat();
  return ids.filter((id) => typeof id === "number");
}
