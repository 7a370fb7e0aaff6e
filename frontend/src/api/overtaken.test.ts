import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { OvertakenAnswers } from "./overtaken";

const KEY = ["get", "/tasks", {}];

/** A query whose answer comes when told. */
function slowQuery(cache: QueryClient, rows: unknown) {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  const answered = cache.fetchQuery({ queryKey: KEY, queryFn: () => promise.then(() => ({ items: rows })) });
  return { arrive: resolve, answered };
}

it("applies a patch that came while the older answer was on its way", async () => {
  const cache = new QueryClient();
  const overtaken = new OvertakenAnswers(cache, ["/tasks"]);
  const end = overtaken.start();
  const query = slowQuery(cache, [
    { id: 1, status: "running" },
    { id: 2, status: "running" },
  ]);
  overtaken.remember([{ id: 1, status: "cancelled" }]);
  query.arrive();
  await query.answered;
  expect(cache.getQueryData(KEY)).toEqual({
    items: [
      { id: 1, status: "cancelled" },
      { id: 2, status: "running" },
    ],
  });
  end();
});

it("leaves an answer alone that was asked for after the patch", async () => {
  const cache = new QueryClient();
  const overtaken = new OvertakenAnswers(cache, ["/tasks"]);
  const end = overtaken.start();
  overtaken.remember([{ id: 1, status: "running" }]);
  const query = slowQuery(cache, [{ id: 1, status: "finished" }]);
  query.arrive();
  await query.answered;
  expect(cache.getQueryData(KEY)).toEqual({ items: [{ id: 1, status: "finished" }] });
  end();
});
