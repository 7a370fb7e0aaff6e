import { describe, expect, it } from "vitest";
import { paramAxes } from "./axes";
import { sortedTrials } from "./searchOrder";
import { trialOf } from "./testing";

const axes = paramAxes({ spec: { params: [{ path: "lr", paths: ["lr"], type: "float", low: 0, high: 1 }] } });
const trials = [
  trialOf(0, { params: { lr: 0.5 }, state: "stopped" }),
  trialOf(1, { params: {}, state: "complete" }),
  trialOf(2, { params: { lr: 0.1 }, state: "failed" }),
];
const numbers = (sort: string) => sortedTrials(trials, sort, axes).map(({ number }) => number);

describe("the order of trials", () => {
  it("puts trials without a value last in either direction", () => {
    expect(numbers("params.lr")).toEqual([2, 0, 1]);
    expect(numbers("-params.lr")).toEqual([0, 2, 1]);
  });

  it("sorts by number and by words", () => {
    expect(numbers("-number")).toEqual([2, 1, 0]);
    expect(numbers("state")).toEqual([1, 2, 0]);
  });
});
