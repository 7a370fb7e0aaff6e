import { http, type TaskClone, type TaskPreview, type TaskSubmit } from "~/api/client";
import { ApiError } from "~/api/errors";
import { jsonWithFloats } from "~/lib/yamlValue";
import { cloneOf, type Draft, type Original, type Problem, submissionOf } from "./draft";

/** A new task, or a task run again. */
export type Request =
  | { kind: "submit"; body: TaskSubmit }
  | { kind: "clone"; taskId: number; body: TaskClone };

/** A draft as a request, and what is wrong with it before anyone is asked. */
export function requestOf(
  draft: Draft,
  original: Original | null,
): { request: Request; problems: Problem[] } {
  if (!original) {
    const { body, problems } = submissionOf(draft);
    return { request: { kind: "submit", body }, problems };
  }
  const { body, problems } = cloneOf(draft, original);
  return { request: { kind: "clone", taskId: original.task.id, body }, problems };
}

/** What the server would launch; with `forecast` it also asks the platform's queue, which may take seconds. */
export async function previewed(
  request: Request,
  signal: AbortSignal,
  forecast = false,
): Promise<TaskPreview> {
  const options = { signal, bodySerializer: jsonWithFloats };
  const query = { forecast };
  const { data } =
    request.kind === "submit"
      ? await http.POST("/tasks/preview", { params: { query }, body: request.body, ...options })
      : await http.POST("/tasks/{task_id}/clone/preview", {
          params: { ...ofTask(request.taskId).params, query },
          body: request.body,
          ...options,
        });
  return present(data);
}

/** Launches it. */
export async function launched(request: Request) {
  const options = { bodySerializer: jsonWithFloats };
  const { data } =
    request.kind === "submit"
      ? await http.POST("/tasks", { body: request.body, ...options })
      : await http.POST("/tasks/{task_id}/clone", {
          ...ofTask(request.taskId),
          body: request.body,
          ...options,
        });
  return present(data);
}

function ofTask(task_id: number) {
  return { params: { path: { task_id } } };
}

function present<T>(data: T | undefined): T {
  if (data === undefined) throw new Error("The server's answer was empty.");
  return data;
}

/** An error as problems of the input. A server that cannot be asked says nothing about the input. */
export function problemsOf(error: unknown): Problem[] {
  if (!error) return [];
  if (!(error instanceof ApiError)) return [{ path: "", message: String(error) }];
  if (error.fields.length > 0) return error.fields;
  return [{ path: "", message: error.message }];
}

/** Whether an error says that the input is wrong, not that the server could not be asked. */
export function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 401;
}

export function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.path}\n${problem.message}`, problem])).values()];
}
