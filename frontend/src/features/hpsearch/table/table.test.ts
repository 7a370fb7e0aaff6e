import { expect, it } from "vitest";
import { allAxes } from "~/features/hpsearch/axes";
import { searchOf, trialOf } from "~/features/hpsearch/testing";
import { trialColumns } from "./columns";
import { heldOrder, sortedTrials } from "./order";
import { movedRow } from "./roles";
import { tableText } from "./TrialTools";

const search = searchOf({
  spec: {
    params: [
      { path: "training.lr", type: "float", low: 0.001, high: 1 },
      { path: "opt", type: "categorical", values: ["sgd", "adam"] },
    ],
  },
});
const axes = allAxes(search);
const trials = [
  trialOf(0, { params: { "training.lr": 0.5, opt: "sgd" }, state: "failed", objectives: null }),
  trialOf(1, { params: { "training.lr": 0.1, opt: "adam" }, objectives: [3] }),
  trialOf(2, { params: { "training.lr": 0.2 }, objectives: [2], reason: "a\tb" }),
];
const order = (sort: string) => sortedTrials(trials, sort, axes).map(({ number }) => number);

it("sorts by anything, with what has no value at the end both ways", () => {
  expect(order("number")).toEqual([0, 1, 2]);
  expect(order("-number")).toEqual([2, 1, 0]);
  expect(order("objectives.0")).toEqual([2, 1, 0]);
  expect(order("-objectives.0")).toEqual([1, 2, 0]);
  expect(order("params.training.lr")).toEqual([1, 2, 0]);
  expect(order("params.opt")).toEqual([1, 0, 2]);
  expect(order("state")).toEqual([1, 2, 0]);
  expect(order("reason")).toEqual([2, 0, 1]);
  expect(order("nonsense")).toEqual([0, 1, 2]);
});

it("keeps rows in their places while they are held, with new ones at the end", () => {
  const held = heldOrder([2, 0], sortedTrials(trials, "number", axes));
  expect(held.map(({ number }) => number)).toEqual([2, 0, 1]);
});

it("has a column for each objective and parameter, and a cost only where there is one", () => {
  const ids = trialColumns(searchOf(), axes).map(({ id }) => id);
  expect(ids.slice(0, 5)).toEqual(["number", "state", "objectives.0", "params.training.lr", "params.opt"]);
  expect(ids).not.toContain("cost");
  expect(trialColumns(searchOf({ cost: 1 }), axes).map(({ id }) => id)).toContain("cost");
});

it("is copied as spreadsheets take it", () => {
  const columns = trialColumns(searchOf(), axes).filter(({ id }) =>
    ["number", "reason", "params.opt"].includes(id),
  );
  expect(tableText(columns, trials).split("\n")).toEqual([
    "Trial\topt\tWhy",
    "0\tsgd\t",
    "1\tadam\t",
    "2\t\ta b",
  ]);
});

it("moves with the keys within its rows", () => {
  expect(movedRow("ArrowDown", -1, 3, 10)).toBe(0);
  expect(movedRow("PageDown", 1, 3, 10)).toBe(2);
  expect(movedRow("Enter", 1, 3, 10)).toBeUndefined();
  expect(movedRow("End", 0, 0, 10)).toBeUndefined();
});
