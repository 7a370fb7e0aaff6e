import { expect, it } from "vitest";
import { searchOf, trialOf } from "./testing";
import { bestNumber, bestSteps, mergedTrials, objectiveAt, trialLook } from "./trials";
import { withNews } from "./useSearchTrials";

it("keeps unchanged trials and lists the same objects", () => {
  const old = [trialOf(0), trialOf(1)];
  expect(mergedTrials(old, [])).toBe(old);
  expect(mergedTrials(old, [trialOf(1)])).toBe(old);
  const fresh = mergedTrials(old, [trialOf(2), trialOf(1, { state: "failed" })]);
  expect(fresh.map(({ number, state }) => [number, state])).toEqual([
    [0, "complete"],
    [1, "failed"],
    [2, "complete"],
  ]);
  expect(fresh[0]).toBe(old[0]);
});

it("knows up to which fact it has read, also where no trial changed", () => {
  const known = { items: [trialOf(0)], seq: 3 };
  expect(withNews(known, { items: [], seq: 3 })).toBe(known);
  expect(withNews(known, { items: [], seq: 5 })).toEqual({ items: known.items, seq: 5 });
});

it("finds when the best value became better, of trials that count", () => {
  const trials = [
    trialOf(0, { objectives: [5] }),
    trialOf(1, { objectives: null, state: "running" }),
    trialOf(2, { objectives: [1], is_feasible: false }),
    trialOf(3, { objectives: [4] }),
    trialOf(4, { objectives: [4] }),
    trialOf(5, { objectives: [9] }),
  ];
  expect(bestSteps(trials, { index: 0, isLowBest: true }).map(({ number }) => number)).toEqual([0, 3]);
  expect(bestSteps(trials, { index: 0, isLowBest: false }).map(({ number }) => number)).toEqual([0, 5]);
});

it("asks the server for the best of one objective, and finds it itself of several", () => {
  const trials = [trialOf(0, { objectives: [5, 1] }), trialOf(1, { objectives: [3, 2] })];
  const one = searchOf({ best_number: 0 });
  expect(bestNumber(one, trials, objectiveAt(one, 0))).toBe(0);
  const two = searchOf({
    objectives: [
      { metric: "loss", direction: "minimize", summary: "best", target: null },
      { metric: "acc", direction: "maximize", summary: "mean_last_5", target: null },
    ],
  });
  expect(objectiveAt(two, 1)).toEqual({
    index: 1,
    metric: "acc",
    isLowBest: false,
    label: "acc, mean last 5",
  });
  expect(objectiveAt(two, 7)?.index).toBe(0);
  expect(objectiveAt(searchOf({ objectives: [] }), 0)).toBeNull();
  expect(bestNumber(two, trials, objectiveAt(two, 1))).toBe(1);
});

it("draws the best in the accent, running outlined, stopped behind", () => {
  expect(trialLook(trialOf(3), 3)).toMatchObject({ word: "best", color: "var(--accent)" });
  expect(trialLook(trialOf(3, { state: "running" }), 1)).toMatchObject({ isOutlined: true });
  expect(trialLook(trialOf(3, { state: "stopped" }), 1)).toMatchObject({ isFaint: true });
});
