import { expect, it } from "vitest";
import { ApiError, errorOfResponse, fieldMessages, normalised } from "./errors";

it("the server's words come through, with the fields they concern", async () => {
  const body = {
    code: "invalid",
    message: "The config is wrong.",
    fields: [{ path: "hpsearch.n_trials", message: "must be at least 1" }],
  };
  const error = await errorOfResponse(Response.json(body, { status: 422 }));
  expect(error).toMatchObject({ status: 422, code: "invalid", message: "The config is wrong." });
  expect(fieldMessages(error).get("hpsearch.n_trials")).toBe("must be at least 1");
});

it("an answer of somebody else keeps its status", async () => {
  const error = await errorOfResponse(new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
  expect(error).toMatchObject({ status: 502, message: "The server answered 502 Bad Gateway." });
});

it("no answer says what to check, and an aborted request is no failure of the server", () => {
  expect(normalised(new TypeError("fetch failed"))).toMatchObject({ code: "unreachable", status: 0 });
  const aborted = new DOMException("aborted", "AbortError");
  expect(normalised(aborted)).toBe(aborted);
  const ours = new ApiError(404, "not_found", "There is no task #3.");
  expect(normalised(ours)).toBe(ours);
});

it("other errors have no fields", () => {
  expect(fieldMessages(new Error("x")).size).toBe(0);
});
