import type { QueryClient } from "@tanstack/react-query";
import { isRecord, type Patch } from "./patches";

/** What changes with every fact of a search is read again at most this often. */
const EVERY_MS = 1000;
/** What the server has to work out (curves, ranks, importances) is read again at most this often. */
const WORKED_OUT_EVERY_MS = 5000;
const ONE = "/hpsearch/{search_id}";
const TRIALS = `${ONE}/trials`;

/** Marks the answers about searches as out of date when the stream says that the searches changed. */
export class SearchWatch {
  private soon: ReturnType<typeof setTimeout> | undefined;
  private later: ReturnType<typeof setTimeout> | undefined;
  private readonly changedSoon = new Set<number>();
  private readonly changedLater = new Set<number>();

  constructor(private readonly cache: QueryClient) {}

  /** The stream's `searches`: `[{id, seq}]`. */
  searchesChanged(changes: readonly unknown[]): void {
    for (const change of changes) if (isRecord(change)) this.note(change["id"]);
  }

  /** Counts of a search follow from the statuses of its tasks. */
  tasksChanged(patches: readonly Patch[]): void {
    for (const patch of patches) if ("status" in patch) this.note(patch["search_id"]);
  }

  close(): void {
    clearTimeout(this.soon);
    clearTimeout(this.later);
    this.soon = undefined;
    this.later = undefined;
  }

  private note(id: unknown): void {
    if (typeof id !== "number") return;
    this.changedSoon.add(id);
    this.changedLater.add(id);
    this.soon ??= setTimeout(() => this.refreshSoon(), EVERY_MS);
    this.later ??= setTimeout(() => this.refreshLater(), WORKED_OUT_EVERY_MS);
  }

  private refreshSoon(): void {
    this.soon = undefined;
    const ids = new Set(this.changedSoon);
    this.changedSoon.clear();
    void this.cache.invalidateQueries({ queryKey: ["get", "/hpsearch"] });
    this.invalidate(ids, (path) => path === ONE || path === TRIALS);
  }

  private refreshLater(): void {
    this.later = undefined;
    const ids = new Set(this.changedLater);
    this.changedLater.clear();
    this.invalidate(ids, (path) => path.startsWith(`${ONE}/`) && path !== TRIALS);
  }

  private invalidate(ids: ReadonlySet<number>, isMeant: (path: string) => boolean): void {
    void this.cache.invalidateQueries({
      predicate: ({ queryKey: [, path, of] }) =>
        typeof path === "string" && isMeant(path) && ids.has(idOf(of)),
    });
  }
}

/** The search of a query: its id, or the parameters of a request. */
function idOf(of: unknown): number {
  if (typeof of === "number") return of;
  const path = isRecord(of) && isRecord(of["params"]) ? of["params"]["path"] : undefined;
  const id = isRecord(path) ? path["search_id"] : undefined;
  return typeof id === "number" ? id : Number.NaN;
}

/**
 * A cached answer `{items: trials}` with the statuses of their tasks as the stream told them: no fact of the search,
 * so no newer trial says them. Unchanged trials stay the same objects.
 */
export function trialsPatched<T>(answer: T, patches: ReadonlyMap<number, Patch>): T {
  if (!isRecord(answer) || !Array.isArray(answer["items"])) return answer;
  let hasChanged = false;
  const items = answer["items"].map((trial: unknown) => {
    const next = trialPatched(trial, patches);
    hasChanged ||= next !== trial;
    return next;
  });
  return hasChanged ? { ...answer, items } : answer;
}

function trialPatched(trial: unknown, patches: ReadonlyMap<number, Patch>): unknown {
  if (!isRecord(trial) || !Array.isArray(trial["tasks"])) return trial;
  let hasChanged = false;
  const tasks = trial["tasks"].map((task: unknown) => {
    const status = isRecord(task) ? statusOf(task["task_id"], patches) : undefined;
    if (!isRecord(task) || status === undefined || status === task["status"]) return task;
    hasChanged = true;
    return { ...task, status };
  });
  if (!hasChanged) return trial;
  return { ...trial, tasks, task_status: statusOf(trial["task_id"], patches) ?? trial["task_status"] };
}

function statusOf(id: unknown, patches: ReadonlyMap<number, Patch>): unknown {
  return typeof id === "number" ? patches.get(id)?.["status"] : undefined;
}
