import { expect, it } from "vitest";
import { trialOf } from "~/features/hpsearch/testing";
import { countedKinds } from "./kinds";
import { parseRange, rangeText } from "./ranges";
import { bracketsOf, type Rung, rungSummary } from "./rungBrackets";

const rung = (bracket: number, epoch: number, ...stopped: boolean[]): Rung => ({
  bracket,
  epoch,
  entries: stopped.map((is_stopped, number) => ({ number, value: number, rank: number + 1, is_stopped })),
});

it("puts rungs into their brackets, lowest first, and counts a trial once", () => {
  const brackets = bracketsOf([rung(1, 9, false), rung(0, 9, false), rung(0, 3, false, true)]);
  expect(
    brackets.map(({ bracket, rungs, numTrials }) => [bracket, rungs.map(({ epoch }) => epoch), numTrials]),
  ).toEqual([
    [0, [3, 9], 2],
    [1, [9], 1],
  ]);
});

it("says how many go on and how many had to stop", () => {
  expect(rungSummary(rung(0, 3, false, true, true))).toBe("1 kept · 2 stopped");
});

it("reads a range from the URL and refuses nonsense", () => {
  expect(parseRange(rangeText([3, 27.5]))).toEqual([3, 27.5]);
  expect(rangeText(null)).toBeUndefined();
  for (const text of [undefined, "", "3", "9..3", "a..b", "3..3"]) expect(parseRange(text)).toBeNull();
});

it("counts the kinds of trials in the order of a legend, the best apart", () => {
  const trials = [
    trialOf(0),
    trialOf(1),
    trialOf(2, { state: "stopped" }),
    trialOf(3, { is_feasible: false }),
  ];
  expect(countedKinds(trials, 0).map(({ word, count }) => `${word} ${count}`)).toEqual([
    "best 1",
    "complete 1",
    "stopped early 1",
    "infeasible 1",
  ]);
});
