import { expect, it } from "vitest";
import { logTabs, shownTab } from "./taskTabs";

const file = (name: string) => ({ name, size: 7, modified_at: "2026-11-24T06:00:00Z" });

it("standard output has its tab before it is there", () => {
  expect(logTabs([], undefined)).toEqual([{ name: "out.txt", size: null }]);
  expect(logTabs([file("out.txt"), file("err.txt")], undefined).map(({ name }) => name)).toEqual([
    "out.txt",
    "err.txt",
  ]);
});

it("a log that is open keeps its tab in a task that has none such", () => {
  expect(logTabs([file("out.txt")], "metric_loss.log").at(-1)).toEqual({
    name: "metric_loss.log",
    size: null,
  });
  expect(logTabs([file("out.txt")], "plots")).toHaveLength(1);
});

it("a tab that nothing has falls back to standard output", () => {
  const files = logTabs([file("out.txt")], undefined);
  expect(shownTab(undefined, files)).toBe("out.txt");
  expect(shownTab("flying", files)).toBe("out.txt");
  expect(shownTab("plots", files)).toBe("plots");
});
