import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, type Task } from "~/api/client";

const PAGE = 500;

/** A search, its trials, and their tasks with live statuses and metrics. */
export function useSearchData(id: number) {
  const path = { params: { path: { search_id: id } } };
  const search = api.useQuery("get", "/hpsearch/{search_id}", path);
  const trials = api.useQuery("get", "/hpsearch/{search_id}/trials", path);
  const count = trials.data?.items.length ?? 0;
  const pages = useQueries({
    queries: Array.from({ length: Math.ceil(count / PAGE) }, (_, page) =>
      api.queryOptions("get", "/tasks", {
        params: { query: { search_id: [id], archived: "any", sort: "id", limit: PAGE, offset: page * PAGE } },
      }),
    ),
    combine: (answers) => ({
      items: answers.map(({ data }) => data?.items),
      isPending: answers.some(({ isPending }) => isPending),
      error: answers.find(({ error }) => error)?.error ?? null,
    }),
  });
  const tasks = useMemo(() => pages.items.flatMap((items): Task[] => items ?? []), [pages.items]);
  return {
    search: search.data,
    trials: trials.data?.items,
    tasks,
    areTasksPending: pages.isPending,
    error: search.error ?? trials.error ?? pages.error,
    retry: () => {
      void search.refetch();
      void trials.refetch();
    },
  };
}
