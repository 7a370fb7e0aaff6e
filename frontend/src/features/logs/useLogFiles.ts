import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, type LogFile } from "~/api/client";
import { useLive } from "~/api/LiveProvider";
import type { LogGrowth } from "~/api/live";

/** The logs of a task, live: sizes grow by the event stream, and new files are asked for when they appear. */
export function useLogFiles(taskId: number) {
  const cache = useQueryClient();
  const live = useLive();
  const files = api.useQuery("get", "/logs/{task_id}", { params: { path: { task_id: taskId } } });
  useEffect(() => {
    const { queryKey } = api.queryOptions("get", "/logs/{task_id}", {
      params: { path: { task_id: taskId } },
    });
    return live.onLog((growth) => {
      if (!growth || growth.task_id !== taskId) return;
      const known = cache.getQueryData<{ items: LogFile[] }>(queryKey);
      if (known?.items.some(({ name }) => name === growth.name))
        cache.setQueryData(queryKey, grown(known, growth));
      else void cache.invalidateQueries({ queryKey });
    });
  }, [cache, live, taskId]);
  return files;
}

/** The list with one file's new size. */
export function grown(files: { items: LogFile[] }, growth: LogGrowth): { items: LogFile[] } {
  return {
    items: files.items.map((file) => (file.name === growth.name ? { ...file, size: growth.size } : file)),
  };
}
