import { expect, it } from "vitest";
import { epochText, fractionOf, iterationText, progressSentence, remainingSeconds } from "./progressText";

const progress = {
  epoch: 163,
  num_epochs: 200,
  phase: "train",
  iteration: 119,
  iterations_per_epoch: 500,
  fraction: 0.824,
  epoch_seconds: 400,
  epoch_remaining_seconds: 200,
  total_remaining_seconds: 14_760,
};

it("counts from one, as people do", () => {
  const task = { status: "running" as const, progress };
  expect(epochText(task)).toBe("164/200");
  expect(iterationText(task)).toBe("train 120/500");
  expect(progressSentence(task)).toBe("82% · epoch 164/200 · 4h 06m left");
});

it("is never past the end, however the script counts", () => {
  const task = { status: "running" as const, progress: { ...progress, epoch: 200, iteration: 500 } };
  expect(epochText(task)).toBe("200/200");
  expect(iterationText(task)).toBe("train 500/500");
});

it("nothing is left of a task that has ended", () => {
  expect(remainingSeconds({ status: "crashed", progress })).toBeNull();
  expect(remainingSeconds({ status: "waiting", progress })).toBeNull();
  expect(fractionOf({ status: "crashed", progress })).toBe(0.824);
  expect(fractionOf({ status: "finished", progress })).toBe(1);
});

it("says little when little is known", () => {
  const task = { status: "waiting" as const, progress: null };
  expect(epochText(task)).toBe("–");
  expect(iterationText(task)).toBe("–");
  expect(progressSentence(task)).toBe("");
});
