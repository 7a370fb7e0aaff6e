import { expect, it } from "vitest";
import {
  fittingColumns,
  formatColumns,
  parseColumns,
  withMoved,
  withToggled,
  withWidth,
} from "./columnState";

it("columns survive the way through the URL, with odd names and widths", () => {
  const choices = [{ id: "id" }, { id: "name", width: 260 }, { id: "params.a,b:c 100%", width: 80 }];
  expect(parseColumns(formatColumns(choices))).toEqual(choices);
  expect(formatColumns(choices.slice(0, 2))).toBe("id,name:260");
});

it("reads what people may have edited", () => {
  expect(parseColumns("id,,id:90, name:1,%E0%A4%A")).toEqual([
    { id: "id" },
    { id: "name", width: 40 },
    { id: "%E0%A4%A" },
  ]);
});

it("shows, hides and moves columns, and keeps the last one", () => {
  const columns = parseColumns("id,name,status");
  expect(withToggled(columns, "eta").at(-1)).toEqual({ id: "eta" });
  expect(withToggled(columns, "name")).toEqual(parseColumns("id,status"));
  expect(withToggled([{ id: "id" }], "id")).toEqual([{ id: "id" }]);
  expect(formatColumns(withMoved(columns, "id", 1))).toBe("name,id,status");
  expect(formatColumns(withMoved(columns, "id", 99))).toBe("name,status,id");
  expect(formatColumns(withMoved(columns, "none", 0))).toBe("id,name,status");
});

it("widths stay within reason", () => {
  expect(withWidth([{ id: "id" }], "id", 3)).toEqual([{ id: "id", width: 40 }]);
  expect(withWidth([{ id: "id" }], "id", 1e6)).toEqual([{ id: "id", width: 1200 }]);
});

it("where room is short the least important default columns go", () => {
  const columns = [
    { id: "id", least: 50, rank: 0 },
    { id: "platform", least: 90, rank: 2 },
    { id: "eta", least: 60, rank: 1 },
    { id: "age", least: 50, rank: 3 },
  ];
  expect(formatColumns(fittingColumns(columns, 250))).toBe("id,platform,eta,age");
  expect(formatColumns(fittingColumns(columns, 210))).toBe("id,platform,eta");
  expect(formatColumns(fittingColumns(columns, 120))).toBe("id,eta");
  expect(formatColumns(fittingColumns(columns, 10))).toBe("id");
});
