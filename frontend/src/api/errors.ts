/** One field of the input that is wrong; `path` is dotted: "hpsearch.params.0.lo". */
export interface FieldProblem {
  path: string;
  message: string;
  /** Where in the YAML, both from 1. */
  line?: number | null;
  column?: number | null;
}

/** Every failed request, in the shape of the server's error body. */
export class ApiError extends Error {
  override name = "ApiError";

  constructor(
    /** HTTP status; 0 when there was no answer. */
    readonly status: number,
    /** For programs: "not_found", "unreachable". */
    readonly code: string,
    message: string,
    readonly fields: FieldProblem[] = [],
  ) {
    super(message);
  }
}

/** The error that an answer means. Answers that are not of our server (a proxy's page) keep their status. */
export async function errorOfResponse(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  if (isErrorBody(body)) return new ApiError(response.status, body.code, body.message, body.fields);
  const words = response.statusText ? `${response.status} ${response.statusText}` : String(response.status);
  return new ApiError(response.status, `http_${response.status}`, `The server answered ${words}.`);
}

/** Anything thrown as an Error with a message for people; an aborted request stays what it is. */
export function normalised(error: unknown): Error {
  if (error instanceof ApiError) return error;
  if (error instanceof DOMException && error.name === "AbortError") return error;
  if (error instanceof TypeError) {
    return new ApiError(0, "unreachable", "The server does not answer. Is `hypertrainer serve` running?");
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** The messages of an error by the path of their field, for a form. */
export function fieldMessages(error: unknown): Map<string, string> {
  const fields = error instanceof ApiError ? error.fields : [];
  return new Map(fields.map((field) => [field.path, field.message]));
}

function isErrorBody(body: unknown): body is { code: string; message: string; fields: FieldProblem[] } {
  return (
    typeof body === "object" &&
    body !== null &&
    "code" in body &&
    typeof body.code === "string" &&
    "message" in body &&
    typeof body.message === "string" &&
    "fields" in body &&
    Array.isArray(body.fields)
  );
}
