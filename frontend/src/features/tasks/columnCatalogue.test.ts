import { expect, it } from "vitest";
import { columnSpec, defaultColumns, FIXED_COLUMNS, metricOf, paramOf } from "./columnCatalogue";
import { fittingColumns } from "./columnState";

it("names with dots keep their dots", () => {
  expect(metricOf("metrics.val.loss.min")).toEqual({ name: "val.loss", value: "min" });
  expect(paramOf("params.training.lr")).toBe("training.lr");
});

it("an edited link may name what is no column", () => {
  for (const id of ["", "flying", "metrics.loss", "metrics..last", "metrics.loss.median", "params."]) {
    expect(columnSpec(id)).toBeNull();
  }
});

it("parameters and metrics sort by their own names", () => {
  expect(columnSpec("metrics.loss.min")).toMatchObject({ label: "min loss", sortKey: "metrics.loss.min" });
  expect(columnSpec("params.training.lr")).toMatchObject({ label: "lr", sortKey: "params.training.lr" });
});

it("every column has its own id, and the defaults are among them", () => {
  expect(new Set(FIXED_COLUMNS.map(({ id }) => id)).size).toBe(FIXED_COLUMNS.length);
  for (const { id } of defaultColumns("loss")) expect(columnSpec(id)).not.toBeNull();
});

it("beside an open task the table keeps what tells tasks apart", () => {
  const ids = fittingColumns(defaultColumns("loss"), 690).map(({ id }) => id);
  expect(ids).toEqual(["id", "name", "status", "progress", "eta", "metrics.loss.last"]);
});
