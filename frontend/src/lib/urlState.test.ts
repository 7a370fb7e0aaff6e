import { describe, expect, it } from "vitest";
import {
  flag,
  integer,
  lineOfHash,
  list,
  number,
  oneOf,
  parseSearch,
  searchSchema,
  stringifySearch,
  text,
} from "./urlState";

const schema = searchSchema({
  q: text(),
  status: list(oneOf("running", "lost")),
  task: integer(1),
  smooth: number(0, 0.99),
  archived: flag(),
});

describe("search parameters", () => {
  it("survive the way into the URL and back", () => {
    const search = {
      q: "a b&c=d",
      status: ["running" as const, "lost" as const],
      task: 12,
      smooth: 0.6,
      archived: true as const,
    };
    expect(schema(parseSearch(stringifySearch(search)))).toEqual(search);
  });

  it("are readable", () => {
    expect(stringifySearch({ status: ["running", "lost"], sort: "-id,name", archived: true })).toBe(
      "?status=running&status=lost&sort=-id,name&archived=1",
    );
  });

  it("leave no trace when unset", () => {
    expect(stringifySearch({ q: undefined, archived: false, status: [] })).toBe("");
  });

  it("a text that looks like a number stays text", () => {
    expect(schema(parseSearch("?q=007"))).toEqual({ q: "007" });
  });

  it("drop what is unknown or nonsense instead of failing", () => {
    expect(schema(parseSearch("?status=dancing&task=-3&smooth=7&archived=no&other=1&q="))).toEqual({});
    expect(schema(parseSearch("?status=dancing&status=lost"))).toEqual({ status: ["lost"] });
  });
});

it("a permalink names a line", () => {
  expect(lineOfHash("#L1234")).toBe(1234);
  expect(lineOfHash("#L0")).toBeNull();
  expect(lineOfHash("#top")).toBeNull();
});
