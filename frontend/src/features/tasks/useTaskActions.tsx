import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { type ActionResult, http, type Task } from "~/api/client";
import { plural } from "~/lib/format";
import { notify } from "~/ui/notify";
import { ActionFailures, type Failures } from "./ActionFailures";
import { DeleteDialog } from "./DeleteDialog";
import { ACTION_RULES, type TaskAction } from "./taskActions";

const REQUESTS: Record<TaskAction, (ids: number[]) => Promise<{ data?: { results: ActionResult[] } }>> = {
  resume: (ids) => http.POST("/tasks/resume", { body: { ids } }),
  cancel: (ids) => http.POST("/tasks/cancel", { body: { ids } }),
  archive: (ids) => http.POST("/tasks/archive", { body: { ids } }),
  unarchive: (ids) => http.POST("/tasks/unarchive", { body: { ids } }),
  delete: (ids) => http.POST("/tasks/delete", { body: { ids } }),
};

export interface TaskActionRunner {
  /** Does it, after asking where it cannot be undone. `known` are those of the tasks that were loaded. */
  run: (action: TaskAction, ids: readonly number[], known: readonly Task[]) => void;
  isBusy: boolean;
  /** The questions and reports; to be placed somewhere in the page. */
  dialogs: ReactNode;
}

/** Actions on one task or many: one bad id fails alone, and what failed is said task by task. */
export function useTaskActions(onDone?: (action: TaskAction, ids: number[]) => void): TaskActionRunner {
  const cache = useQueryClient();
  const [doomed, setDoomed] = useState<{ ids: readonly number[]; known: readonly Task[] } | null>(null);
  const [failures, setFailures] = useState<Failures | null>(null);
  const action = useMutation({
    mutationFn: async ({ action, ids }: { action: TaskAction; ids: readonly number[] }) => {
      const { data } = await REQUESTS[action]([...ids]);
      return data?.results ?? [];
    },
    onSuccess: (results, { action }) => {
      const done = results.filter(({ ok }) => ok).map(({ id }) => id);
      const failed = results.filter(({ ok }) => !ok);
      if (done.length > 0) notify("success", `${plural(done.length, "task")} ${ACTION_RULES[action].done}`);
      if (failed.length > 0) setFailures({ action, failed, total: results.length });
      onDone?.(action, done);
      void cache.invalidateQueries({ queryKey: ["get", "/tasks"] });
      void cache.invalidateQueries({ queryKey: ["get", "/tasks/counts"] });
    },
    onError: (error, { action, ids }) =>
      notify(
        "error",
        `${ACTION_RULES[action].label}: ${plural(ids.length, "task")} unchanged`,
        error.message,
      ),
    onSettled: () => setDoomed(null),
  });
  const run: TaskActionRunner["run"] = (name, ids, known) => {
    if (name === "delete") setDoomed({ ids, known });
    else action.mutate({ action: name, ids });
  };
  return {
    run,
    isBusy: action.isPending,
    dialogs: (
      <>
        <DeleteDialog
          doomed={doomed}
          isBusy={action.isPending}
          onConfirm={(ids) => action.mutate({ action: "delete", ids })}
          onCancel={() => setDoomed(null)}
        />
        <ActionFailures failures={failures} onClose={() => setFailures(null)} />
      </>
    ),
  };
}
