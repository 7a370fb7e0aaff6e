import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { api, type Task } from "~/api/client";
import { notify } from "~/ui/notify";
import { filterQuery, type TaskSearch } from "./searchParams";
import { formatSelection, parseSelection, withIds } from "./selection";

export interface Selection {
  ids: ReadonlySet<number>;
  /** Selects or leaves a row; as a range, all rows from the one before. */
  toggle: (index: number, id: number, isRange: boolean) => void;
  /** All tasks of the filter, loaded or not; or none. */
  selectAll: (isSelected: boolean) => void;
  /** Leaves these. */
  leave: (ids: readonly number[]) => void;
}

interface SelectionOptions {
  search: TaskSearch;
  onSearch: (changes: TaskSearch) => void;
  idsBetween: (one: number, other: number) => Promise<number[]>;
}

/** The selected tasks: kept here whatever their number, told to the URL while that is short. */
export function useSelection({ search, onSearch, idsBetween }: SelectionOptions): Selection {
  const cache = useQueryClient();
  const [ids, setIds] = useState<ReadonlySet<number>>(() => parseSelection(search.selected));
  const anchor = useRef<number | null>(null);
  const now = useRef(ids);
  const change = useCallback(
    (next: ReadonlySet<number>) => {
      now.current = next;
      setIds(next);
      onSearch({ selected: formatSelection(next), ...(next.size < 2 ? { overlay: undefined } : {}) });
    },
    [onSearch],
  );
  const toggle = useCallback(
    (index: number, id: number, isRange: boolean) => {
      const from = anchor.current;
      anchor.current = index;
      if (!isRange || from === null) return change(withIds(now.current, [id], !now.current.has(id)));
      idsBetween(from, index).then(
        (between) => change(withIds(now.current, between, true)),
        (error: unknown) => notify("error", "The range was not selected", String(error)),
      );
    },
    [change, idsBetween],
  );
  const filter = useRef(search);
  filter.current = search;
  const selectAll = useCallback(
    (isSelected: boolean) => {
      anchor.current = null;
      if (!isSelected) return change(new Set());
      const query = filterQuery(filter.current);
      cache.fetchQuery(api.queryOptions("get", "/tasks/ids", { params: { query } }, { staleTime: 0 })).then(
        (answer) => change(new Set(answer.ids)),
        (error: unknown) => notify("error", "The tasks were not selected", String(error)),
      );
    },
    [change, cache],
  );
  const leave = useCallback((gone: readonly number[]) => change(withIds(now.current, gone, false)), [change]);
  return { ids, toggle, selectAll, leave };
}

/** Those of the selected tasks that any list of this page has loaded. */
export function useKnownTasks(ids: ReadonlySet<number>): Task[] {
  const cache = useQueryClient();
  if (ids.size === 0) return [];
  const known = new Map<number, Task>();
  for (const [, answer] of cache.getQueriesData<{ items: Task[] }>({ queryKey: ["get", "/tasks"] })) {
    for (const task of answer?.items ?? []) {
      if (ids.has(task.id)) known.set(task.id, task);
    }
  }
  return [...known.values()];
}
