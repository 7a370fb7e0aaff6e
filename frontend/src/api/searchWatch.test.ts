import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SearchWatch, trialsPatched } from "./searchWatch";

const one = (path: string, id: number) => ["get", path, { params: { path: { search_id: id } } }];

let cache: QueryClient;
let watch: SearchWatch;

function outOfDate(): unknown[] {
  return cache
    .getQueryCache()
    .getAll()
    .filter(({ state }) => state.isInvalidated)
    .map(({ queryKey: [, path] }) => path);
}

beforeEach(() => {
  vi.useFakeTimers();
  cache = new QueryClient();
  watch = new SearchWatch(cache);
  cache.setQueryData(["get", "/hpsearch", {}], 1);
  cache.setQueryData(one("/hpsearch/{search_id}", 1), 1);
  cache.setQueryData(one("/hpsearch/{search_id}", 2), 1);
  cache.setQueryData(["get", "/hpsearch/{search_id}/trials", 1], 1);
  cache.setQueryData(one("/hpsearch/{search_id}/curves", 1), 1);
});

afterEach(() => {
  watch.close();
  vi.useRealTimers();
});

it("reads a changed search again soon, and what is worked out of it later", () => {
  watch.searchesChanged([{ id: 1, seq: 4 }, "nonsense"]);
  expect(outOfDate()).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(outOfDate()).toEqual(["/hpsearch", "/hpsearch/{search_id}", "/hpsearch/{search_id}/trials"]);
  vi.advanceTimersByTime(4000);
  expect(outOfDate()).toContain("/hpsearch/{search_id}/curves");
  expect(cache.getQueryState(one("/hpsearch/{search_id}", 2))?.isInvalidated).toBe(false);
});

it("reads a search again when a task of it has another status", () => {
  watch.tasksChanged([
    { id: 9, search_id: 2, status: "running" },
    { id: 8, search_id: 1, name: "x" },
  ]);
  vi.advanceTimersByTime(1000);
  expect(outOfDate()).toEqual(["/hpsearch", "/hpsearch/{search_id}"]);
  expect(cache.getQueryState(one("/hpsearch/{search_id}", 2))?.isInvalidated).toBe(true);
});

it("puts the statuses of tasks into trials, and leaves the others the same objects", () => {
  const trial = (id: number) => ({
    task_id: id,
    task_status: "waiting",
    tasks: [
      { task_id: id, status: "waiting" },
      { task_id: id + 1, status: "waiting" },
    ],
  });
  const answer = { items: [trial(10), trial(20)], seq: 3 };
  const patched = trialsPatched(answer, new Map([[11, { id: 11, status: "running" }]]));
  expect(patched.items[0]).toEqual({
    ...trial(10),
    tasks: [
      { task_id: 10, status: "waiting" },
      { task_id: 11, status: "running" },
    ],
  });
  expect(patched.items[1]).toBe(answer.items[1]);
  expect(trialsPatched(answer, new Map([[10, { id: 10, status: "waiting" }]]))).toBe(answer);
});
