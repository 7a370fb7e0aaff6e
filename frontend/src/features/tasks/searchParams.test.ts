import { expect, it } from "vitest";
import { parseSearch, searchSchema, stringifySearch } from "~/lib/urlState";
import {
  countFilters,
  filterQuery,
  isComparison,
  isFiltered,
  nextSort,
  parseSort,
  taskReaders,
  toggled,
} from "./searchParams";

const read = searchSchema(taskReaders);

it("a filter survives the way through the URL", () => {
  const search = {
    q: "resnet 50%",
    status: ["running" as const, "lost" as const],
    project: ["", "vision"],
    where: ["params.training.learning_rate<0.01"],
    archived: true as const,
    columns: "id,name:260,params.lr",
    task: 12,
  };
  expect(read(parseSearch(stringifySearch(search)))).toEqual(search);
});

it("nonsense in the URL is dropped, the rest stays", () => {
  expect(read(parseSearch("?status=running&status=flying&task=x&archived=0"))).toEqual({
    status: ["running"],
  });
});

it("equal filters ask the same question", () => {
  expect(filterQuery({ q: "", status: [], archived: undefined })).toEqual({});
  expect(filterQuery({ q: "a", archived: true, project: [""] })).toEqual({
    q: "a",
    archived: true,
    project: [""],
  });
});

it("the archived view is another list, not a filter", () => {
  expect(isFiltered({ archived: true })).toBe(false);
  expect(isFiltered({ where: ["params.lr<1"] })).toBe(true);
  expect(countFilters({ status: ["running", "lost"], tag: ["best"] })).toBe(3);
});

it("tells a comparison from words to look for", () => {
  expect(isComparison("params.training.lr<0.01")).toBe(true);
  expect(isComparison("metrics.loss.last <= 0.5")).toBe(true);
  expect(isComparison("params.lr")).toBe(false);
  expect(isComparison("lr<0.01 fast")).toBe(false);
});

it("toggles values and forgets empty lists", () => {
  expect(toggled(undefined, "a")).toEqual(["a"]);
  expect(toggled(["a", "b"], "a")).toEqual(["b"]);
  expect(toggled(["a"], "a")).toBeUndefined();
});

it("a header sorts up, then down, then as before", () => {
  expect(nextSort("-id", "name")).toBe("name");
  expect(nextSort("name", "name")).toBe("-name");
  expect(nextSort("-name", "name")).toBeUndefined();
  expect(nextSort("-id", "id")).toBeUndefined();
});

it("a further header breaks ties", () => {
  expect(nextSort("name", "platform", true)).toBe("name,platform");
  expect(nextSort("name,platform", "platform", true)).toBe("name,-platform");
  expect(nextSort("name,-platform", "platform", true)).toBe("name");
  expect(nextSort("name,-platform", "status")).toBe("status");
});

it("an order written by hand is read leniently", () => {
  expect(parseSort(" -created_at,, name,-")).toEqual([
    { key: "created_at", isDescending: true },
    { key: "name", isDescending: false },
  ]);
});
