import createFetchClient, { type Middleware } from "openapi-fetch";
import createQueryHooks from "openapi-react-query";
import { errorOfResponse, normalised } from "./errors";
import type { components, paths } from "./schema";

const throwing: Middleware = {
  onResponse: async ({ response }) => {
    if (!response.ok) throw await errorOfResponse(response);
  },
  onError: ({ error }) => normalised(error),
};

/** Typed requests: `http.POST("/tasks", {body})`. Every failure is thrown as an ApiError. */
export const http = createFetchClient<paths>({
  baseUrl: globalThis.location.origin,
  fetch: (request) => globalThis.fetch(request),
  // `?status=running&status=lost`, as the server reads lists.
  querySerializer: { array: { style: "form", explode: true } },
});
http.use(throwing);

/** Typed hooks: `api.useQuery("get", "/tasks", {params: {query}})`. Keys are `["get", path, init]`. */
export const api = createQueryHooks(http);

type Schemas = components["schemas"];
export type Task = Schemas["TaskRead"];
export type TaskSubmit = Schemas["TaskSubmit"];
export type TaskClone = Schemas["TaskClone"];
export type TaskPreview = Schemas["TaskPreview"];
export type Attempt = Schemas["AttemptRead"];
export type TaskEnvironment = Schemas["TaskEnvironment"];
export type ActionResult = Schemas["ActionResult"];
export type Search = Schemas["SearchRead"];
export type Trial = Schemas["TrialRead"];
export type Platform = Schemas["PlatformRead"];
export type PlatformCheck = Schemas["CheckRead"];
export type PlatformType = Schemas["PlatformTypeRead"];
export type PlatformCreate = Schemas["PlatformCreate"];
export type PlatformDraft = Schemas["PlatformDraft"];
export type PlatformProblem = Schemas["ProblemRead"];
export type HostKey = Schemas["HostKeyRead"];
export type GpuLoad = Schemas["GpuRead"];
export type MetricSummary = Schemas["MetricItem"];
export type MetricSeries = Schemas["SeriesRead"];
export type LogFile = Schemas["LogFile"];
