import { expect, it } from "vitest";
import { StatusWatch } from "./statusWatch";

it("progress alone is no change of status", () => {
  const watch = new StatusWatch();
  expect(watch.hasChange([{ id: 1, status: "running" }])).toBe(true);
  expect(watch.hasChange([{ id: 1, status: "running", progress: {} }])).toBe(false);
  expect(watch.hasChange([{ id: 1, progress: {} }])).toBe(false);
  expect(watch.hasChange([{ id: 1, status: "finished" }])).toBe(true);
  expect(watch.hasChange([{ id: 1, status: "finished", num_attempts: 2 }])).toBe(true);
});
