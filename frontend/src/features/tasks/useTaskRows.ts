import { type QueryClient, useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import { api, type Task } from "~/api/client";
import { ApiError } from "~/api/errors";
import type { FilterQuery } from "./searchParams";

/** Tasks asked for at once. */
export const PAGE_SIZE = 200;

/** A task and its place in the whole list. */
export interface IndexedTask {
  index: number;
  task: Task;
}

export interface TaskRows {
  /** The loaded tasks around what is visible, by ascending place. */
  entries: readonly IndexedTask[];
  /** Tasks in the whole list; null before the first answer. */
  total: number | null;
  /** What is shown is still the answer to the question before. */
  isStale: boolean;
  error: { message: string; status: number } | null;
  retry: () => void;
  /** Ids of the rows between two places, both included, in either order; loads what is missing. */
  idsBetween: (one: number, other: number) => Promise<number[]>;
  /** Changes when another list is asked for. */
  key: string;
}

/** Places of the first and last visible row. */
export type VisibleRange = readonly [number, number];

/** The part of a list that is looked at, page by page, from the server; scrolling far loads nothing in between. */
export function useTaskRows(filter: FilterQuery, sort: string, visible: VisibleRange): TaskRows {
  const cache = useQueryClient();
  const key = JSON.stringify([filter, sort]);
  const firstPage = Math.floor(visible[0] / PAGE_SIZE);
  const numPages = Math.floor(Math.max(visible[0], visible[1]) / PAGE_SIZE) - firstPage + 1;
  const pages = useQueries({
    queries: Array.from({ length: numPages }, (_, at) => pageOptions(filter, sort, firstPage + at)),
    combine,
  });
  const shown = useMemo(() => snapshot(pages.answers, firstPage, key), [pages.answers, firstPage, key]);
  const last = useRef<Snapshot | null>(null);
  if (shown) last.current = shown;
  const { entries = [], total = null } = shown ?? last.current ?? {};
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the filter
  const stableFilter = useMemo(() => filter, [key]);
  const idsBetween = useCallback(
    (one: number, other: number) =>
      loadIds(cache, stableFilter, sort, Math.min(one, other), Math.max(one, other)),
    [cache, stableFilter, sort],
  );
  return {
    entries,
    total,
    isStale: shown === null && last.current !== null && last.current.key !== key,
    error: pages.error,
    retry: pages.retry,
    idsBetween,
    key,
  };
}

interface Snapshot {
  key: string;
  entries: IndexedTask[];
  total: number;
}

interface Answer {
  items: Task[];
  total: number;
}

/** The loaded pages as one run of entries; null when none is here yet. */
function snapshot(answers: readonly (Answer | undefined)[], firstPage: number, key: string): Snapshot | null {
  const present = answers.findLast((answer) => answer !== undefined);
  if (!present) return null;
  const entries = answers.flatMap((answer, at) =>
    (answer?.items ?? []).map((task, place) => ({ index: (firstPage + at) * PAGE_SIZE + place, task })),
  );
  return { key, entries, total: present.total };
}

function pageOptions(filter: FilterQuery, sort: string, page: number) {
  const query = { ...filter, sort, offset: page * PAGE_SIZE, limit: PAGE_SIZE };
  return api.queryOptions("get", "/tasks", { params: { query } });
}

interface PageResult {
  data: Answer | undefined;
  error: { message: string } | null;
  refetch: () => unknown;
}

/** Outside of the hook, so that it is the same function in every render and its result is kept. */
function combine(results: readonly PageResult[]) {
  const failed = results.filter(({ error }) => error !== null);
  const error = failed[0]?.error ?? null;
  return {
    answers: results.map(({ data }) => data),
    error: error && { message: error.message, status: error instanceof ApiError ? error.status : 0 },
    retry: () => {
      for (const result of failed) result.refetch();
    },
  };
}

async function loadIds(
  cache: QueryClient,
  filter: FilterQuery,
  sort: string,
  from: number,
  to: number,
): Promise<number[]> {
  const first = Math.floor(from / PAGE_SIZE);
  const count = Math.floor(to / PAGE_SIZE) - first + 1;
  const pages = await Promise.all(
    Array.from({ length: count }, (_, at) => cache.fetchQuery(pageOptions(filter, sort, first + at))),
  );
  const ids = pages.flatMap(({ items }) => items.map(({ id }) => id));
  return ids.slice(from - first * PAGE_SIZE, to - first * PAGE_SIZE + 1);
}
