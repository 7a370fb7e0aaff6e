import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LiveConnection } from "./live";

/** The browser's EventSource, driven by hand. */
class ManualStream extends EventTarget {
  static opened: ManualStream[] = [];
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  isClosed = false;

  constructor(readonly url: string) {
    super();
    ManualStream.opened.push(this);
  }

  close() {
    this.isClosed = true;
  }

  send(name: string, data: unknown) {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
}

let cache: QueryClient;
let stop: () => void;
let live: LiveConnection;

function last(): ManualStream {
  const stream = ManualStream.opened.at(-1);
  if (!stream) throw new Error("no stream was opened");
  return stream;
}

function setHidden(isHidden: boolean) {
  Object.defineProperty(document, "hidden", { configurable: true, value: isHidden });
  document.dispatchEvent(new Event("visibilitychange"));
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", ManualStream);
  ManualStream.opened = [];
  cache = new QueryClient();
  live = new LiveConnection(cache);
  stop = live.start();
});

afterEach(() => {
  stop();
  setHidden(false);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("changed tasks are patched into lists and single tasks, many at once", async () => {
  cache.setQueryData(["get", "/tasks", { params: {} }], { items: [{ id: 1, status: "waiting" }], total: 1 });
  cache.setQueryData(["get", "/tasks/{task_id}", {}], { id: 1, status: "waiting" });
  last().onopen?.();
  last().send("tasks", [{ id: 1, status: "running" }]);
  last().send("tasks", [{ id: 1, host: "gpu1" }]);
  await vi.advanceTimersByTimeAsync(20);
  expect(cache.getQueryData(["get", "/tasks", { params: {} }])).toEqual({
    items: [{ id: 1, status: "running", host: "gpu1" }],
    total: 1,
  });
  expect(cache.getQueryData(["get", "/tasks/{task_id}", {}])).toMatchObject({ host: "gpu1" });
});

it("what the server names is asked for again", () => {
  cache.setQueryData(["get", "/tasks", {}], { items: [] });
  cache.setQueryData(["get", "/platforms"], { items: [] });
  last().send("invalidate", [["get", "/tasks"]]);
  expect(cache.getQueryState(["get", "/tasks", {}])?.isInvalidated).toBe(true);
  expect(cache.getQueryState(["get", "/platforms"])?.isInvalidated).toBe(false);
});

it("what the server names again and again is asked for once a second", async () => {
  const reads = vi.spyOn(cache, "invalidateQueries");
  for (let count = 0; count < 5; count += 1)
    last().send("invalidate", [
      ["get", "/tasks"],
      ["get", "/tags"],
    ]);
  expect(reads.mock.calls.map(([filters]) => filters?.queryKey)).toEqual([
    ["get", "/tasks"],
    ["get", "/tags"],
  ]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(reads).toHaveBeenCalledTimes(4);
  await vi.advanceTimersByTimeAsync(5000);
  expect(reads).toHaveBeenCalledTimes(4);
});

it("only charts of tasks that grew are read again, at most once a second", async () => {
  const chart = (id: number) => ["get", "/metrics", { params: { query: { task_id: [id] } } }];
  cache.setQueryData(chart(1), {});
  cache.setQueryData(chart(2), {});
  last().send("metrics", [{ task_id: 1, name: "loss" }]);
  expect(cache.getQueryState(chart(1))?.isInvalidated).toBe(false);
  await vi.advanceTimersByTimeAsync(1000);
  expect(cache.getQueryState(chart(1))?.isInvalidated).toBe(true);
  expect(cache.getQueryState(chart(2))?.isInvalidated).toBe(false);
});

it("a broken stream is opened again, and everything is read after the gap", async () => {
  cache.setQueryData(["get", "/tasks", {}], { items: [] });
  last().onopen?.();
  expect(live.snapshot()).toBe("open");
  last().onerror?.();
  expect(live.snapshot()).toBe("lost");
  expect(last().isClosed).toBe(true);
  await vi.advanceTimersByTimeAsync(1000);
  expect(ManualStream.opened).toHaveLength(2);
  expect(cache.getQueryState(["get", "/tasks", {}])?.isInvalidated).toBe(false);
  last().onopen?.();
  expect(live.snapshot()).toBe("open");
  expect(cache.getQueryState(["get", "/tasks", {}])?.isInvalidated).toBe(true);
});

it("when no stream can be had, the retries read instead", async () => {
  cache.setQueryData(["get", "/tasks", {}], { items: [] });
  for (let failure = 0; failure < 3; failure += 1) {
    last().onerror?.();
    await vi.advanceTimersByTimeAsync(5000);
  }
  expect(cache.getQueryState(["get", "/tasks", {}])?.isInvalidated).toBe(true);
});

it("a hidden tab holds no connection", () => {
  last().onopen?.();
  setHidden(true);
  expect(last().isClosed).toBe(true);
  expect(live.snapshot()).toBe("idle");
  setHidden(false);
  expect(ManualStream.opened).toHaveLength(2);
});

it("a log that grows is told to whoever shows it, and so is a gap", () => {
  const heard: unknown[] = [];
  const forget = live.onLog((growth) => heard.push(growth));
  last().onopen?.();
  last().send("logs", [{ task_id: 1, name: "out.txt", size: 5 }, { nonsense: true }]);
  forget();
  last().send("logs", [{ task_id: 1, name: "out.txt", size: 9 }]);
  expect(heard).toEqual([null, { task_id: 1, name: "out.txt", size: 5 }]);
});
