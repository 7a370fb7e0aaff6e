import { expect, it } from "vitest";
import { exportLink } from "./exportLink";

it("exports a filter as the list shows it", () => {
  const link = exportLink("csv", { q: "a&b", status: ["running", "lost"], archived: true });
  expect(link).toBe("/tasks/export?format=csv&q=a%26b&status=running&status=lost&archived=true");
});

it("exports selected tasks whether archived or not", () => {
  expect(exportLink("parquet", { ids: [3, 4] })).toBe(
    "/tasks/export?format=parquet&archived=any&ids=3&ids=4",
  );
});
