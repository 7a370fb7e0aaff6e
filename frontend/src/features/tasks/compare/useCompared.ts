import { keepPreviousData } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "~/api/client";
import { MOST_COMPARED } from "./comparison";

/** The tasks of a comparison in the order asked for, live; those that are gone are left out. */
export function useCompared(asked: readonly number[]) {
  const ids = useMemo(() => [...new Set(asked)].slice(0, MOST_COMPARED), [asked]);
  const answer = api.useQuery(
    "get",
    "/tasks",
    { params: { query: { ids: ids.toSorted((a, b) => a - b), archived: "any", limit: MOST_COMPARED } } },
    { enabled: ids.length > 0, placeholderData: keepPreviousData },
  );
  const tasks = useMemo(() => {
    const byId = new Map(answer.data?.items.map((task) => [task.id, task]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }, [answer.data, ids]);
  const hasAll = answer.data !== undefined && !answer.isPlaceholderData;
  return {
    ids,
    tasks,
    /** Asked for, and not there any more. */
    missing: hasAll ? ids.filter((id) => !tasks.some((task) => task.id === id)) : [],
    isPending: ids.length > 0 && answer.data === undefined,
    error: answer.error,
    retry: () => void answer.refetch(),
  };
}
