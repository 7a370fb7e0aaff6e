import { expect, it } from "vitest";
import { grown } from "./useLogFiles";

it("a log that grows changes alone", () => {
  const out = { name: "out.txt", size: 1, modified_at: "2026-11-24T06:00:00Z" };
  const err = { name: "err.txt", size: 0, modified_at: "2026-11-24T06:00:00Z" };
  const { items } = grown({ items: [out, err] }, { task_id: 1, name: "out.txt", size: 9 });
  expect(items[0]).toEqual({ ...out, size: 9 });
  expect(items[1]).toBe(err);
});
