import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { api, type MetricSummary } from "~/api/client";
import { parseTime } from "~/lib/time";
import type { ChartedTask, ChartSpec } from "./charted";
import type { ChartSearch, Range } from "./searchParams";

/** More curves on one chart than this tell nothing. */
export const MOST_TASKS = 50;
const MAX_POINTS = 300;

export interface ChartedMetrics {
  tasks: ChartedTask[];
  /** By task, in the same order; empty until read. */
  summaries: MetricSummary[][];
  isPending: boolean;
  error: { message: string } | null;
  retry: () => void;
}

/** The tasks as charts name them, and what each has written. Tasks that are gone are left out. */
export function useMetrics(taskIds: readonly number[]): ChartedMetrics {
  const ids = taskIds.slice(0, MOST_TASKS);
  const rows = api.useQuery(
    "get",
    "/tasks",
    { params: { query: { ids, archived: "any", limit: MOST_TASKS } } },
    { enabled: ids.length > 0 },
  );
  const byId = new Map(rows.data?.items.map((task) => [task.id, task]));
  const present = ids.flatMap((id) => byId.get(id) ?? []);
  const metrics = useQueries({
    queries: present.map(({ id }) =>
      api.queryOptions("get", "/metrics/{task_id}", { params: { path: { task_id: id } } }),
    ),
  });
  const failed = metrics.find(({ error }) => error !== null);
  return {
    tasks: present.map(({ id, name, started_at }) => ({
      id,
      name,
      startedAt: startOf(started_at),
    })),
    summaries: metrics.map(({ data }) => data?.items ?? []),
    isPending: rows.isPending || metrics.some(({ isPending }) => isPending),
    error: rows.error ?? failed?.error ?? null,
    retry: () => {
      void rows.refetch();
      void failed?.refetch();
    },
  };
}

function startOf(text: string | null): number | null {
  const milliseconds = parseTime(text);
  return milliseconds === null ? null : milliseconds / 1000;
}

/** The series of one chart; asked for again within the zoom, and only while the chart is in view. */
export function useSeries(
  spec: ChartSpec,
  taskIds: number[],
  x: ChartSearch["x"],
  zoom: Range | null,
  isEnabled: boolean,
) {
  // Elapsed time has another origin for each task, so its zoom is not the server's to serve.
  const range = zoom && x !== "elapsed" ? { from: zoom[0], to: zoom[1] } : {};
  const query = {
    task_id: taskIds,
    name: [spec.metric],
    max_points: MAX_POINTS,
    x: x === "time" || x === "elapsed" ? ("time" as const) : ("epoch" as const),
    ...range,
  };
  return api.useQuery(
    "get",
    "/metrics",
    { params: { query } },
    { enabled: isEnabled, placeholderData: keepPreviousData },
  );
}
