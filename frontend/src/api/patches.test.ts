import { expect, it } from "vitest";
import { coalesced, patched } from "./patches";

const rows = [
  { id: 1, status: "running", name: "a" },
  { id: 2, status: "waiting", name: "b" },
];
const patches = coalesced([
  { id: 1, status: "crashed" },
  { id: 1, reason: "killed" },
  { id: 9, status: "lost" },
]);

it("a changed row is replaced, the others keep their identity", () => {
  const answer = { items: rows, total: 2 };
  const fresh = patched(answer, patches);
  expect(fresh.items[0]).toEqual({ id: 1, status: "crashed", reason: "killed", name: "a" });
  expect(fresh.items[1]).toBe(rows[1]);
  expect(fresh.total).toBe(2);
});

it("an answer without a changed row stays the same object", () => {
  const answer = { items: [rows[1]], total: 1 };
  expect(patched(answer, patches)).toBe(answer);
  const pages = { pages: [answer], pageParams: [0] };
  expect(patched(pages, patches)).toBe(pages);
});

it("reaches rows in pages, and a row alone", () => {
  const pages = { pages: [{ items: [rows[1]] }, { items: [rows[0]] }], pageParams: [0, 1] };
  const fresh = patched(pages, patches);
  expect(fresh.pages[0]).toBe(pages.pages[0]);
  expect(fresh.pages[1]?.items[0]).toMatchObject({ status: "crashed" });
  expect(patched(rows[0], patches)).toMatchObject({ status: "crashed", name: "a" });
});

it("leaves alone what is no row", () => {
  expect(patched(undefined, patches)).toBeUndefined();
  expect(patched("text", patches)).toBe("text");
});
