import { useMemo, useRef } from "react";
import { http } from "~/api/client";
import { useLive } from "~/api/LiveProvider";
import type { LiveConnection } from "~/api/live";
import type { LogSource } from "./source";

/** The source of a task's log at the server; the same object while task and name are the same. */
export function useLogSource(taskId: number, name: string, isComplete: boolean): LogSource {
  const live = useLive();
  const complete = useRef(isComplete);
  complete.current = isComplete;
  return useMemo(() => logSource(live, taskId, name, () => complete.current), [live, taskId, name]);
}

/** A log of the API: pages by line number, growth by the event stream. */
export function logSource(
  live: Pick<LiveConnection, "onLog">,
  taskId: number,
  name: string,
  isComplete: () => boolean,
): LogSource {
  const path = { task_id: taskId, name };
  const readLines = async (start: number, count: number) => {
    const { data } = await http.GET("/logs/{task_id}/{name}/lines", {
      params: { path, query: { start, count } },
    });
    if (!data) throw new Error("The server sent no lines");
    return data;
  };
  return {
    meta: async () => {
      const { size, total } = await readLines(-1, 1);
      return { size, lines: total, isComplete: isComplete() };
    },
    lines: readLines,
    search: async (pattern, regex) => {
      const { data } = await http.GET("/logs/{task_id}/{name}/search", {
        params: { path, query: { pattern, regex } },
      });
      if (!data) throw new Error("The server sent no matches");
      const { lines, total, is_complete } = data;
      return { matches: lines, total, truncated: !is_complete || total > lines.length };
    },
    subscribe: (onChange) =>
      live.onLog((growth) => {
        if (!growth || (growth.task_id === taskId && growth.name === name)) onChange();
      }),
    rawUrl: `/logs/${taskId}/${encodeURIComponent(name)}/raw`,
  };
}
