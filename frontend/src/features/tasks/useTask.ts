import { useQueryClient } from "@tanstack/react-query";
import { api, type Task } from "~/api/client";
import { notify } from "~/ui/notify";

/** A task, at once where a list has it already. */
export function useTask(taskId: number) {
  const cache = useQueryClient();
  return api.useQuery(
    "get",
    "/tasks/{task_id}",
    { params: { path: { task_id: taskId } } },
    {
      placeholderData: () =>
        listed(cache.getQueriesData<{ items: Task[] }>({ queryKey: ["get", "/tasks"] }), taskId),
    },
  );
}

function listed(answers: [unknown, { items: Task[] } | undefined][], taskId: number): Task | undefined {
  for (const [, answer] of answers) {
    const task = answer?.items.find(({ id }) => id === taskId);
    if (task) return task;
  }
  return undefined;
}

/** Changes a task's name, notes, tags or project; a failure is said in the corner. */
export function useTaskUpdate(task: Pick<Task, "id" | "name">) {
  const cache = useQueryClient();
  const update = api.useMutation("patch", "/tasks/{task_id}", {
    onSuccess: (fresh) => {
      const { queryKey } = api.queryOptions("get", "/tasks/{task_id}", {
        params: { path: { task_id: fresh.id } },
      });
      cache.setQueryData(queryKey, fresh);
      for (const path of ["/tasks", "/projects", "/tags"]) {
        void cache.invalidateQueries({ queryKey: ["get", path] });
      }
    },
    onError: (error) => notify("error", `${task.name} #${task.id} was not changed`, error.message),
  });
  const save = (
    body: { name?: string; notes?: string; tags?: string[]; project?: string },
    onSaved?: () => void,
  ) => update.mutate({ params: { path: { task_id: task.id } }, body }, { onSuccess: onSaved });
  return { save, isSaving: update.isPending };
}
