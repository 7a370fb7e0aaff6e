import { expect, it } from "vitest";
import { epochsText, searchProgress } from "./progress";
import { searchOf } from "./testing";

it("counts trials where their number is given", () => {
  const search = searchOf({
    n_trials: 10,
    num_trials: 7,
    num_finished: 2,
    num_stopped: 2,
    num_failed: 1,
    num_cancelled: 1,
    num_active: 1,
  });
  const progress = searchProgress(search);
  expect(progress).toMatchObject({ fraction: 0.6, short: "6/10" });
  expect(progress.words).toBe("2 complete, 2 stopped early, 1 failed, 1 cancelled, 1 active, of 10 trials");
  expect(progress.parts.map(({ share }) => share)).toEqual([0.2, 0.2, 0.1, 0.1, 0.1]);
});

it("counts epochs where only a budget ends it, and nothing where nothing does", () => {
  const search = searchOf({ n_trials: 0, num_trials: 4, num_finished: 4, epochs: 25, epochs_budget: 100 });
  expect(searchProgress(search)).toMatchObject({ fraction: 0.25, short: "4", words: "4 complete" });
  expect(searchProgress(search).parts[0]?.share).toBe(0.25);
  expect(searchProgress(searchOf({ n_trials: 0 })).fraction).toBeNull();
  expect(epochsText(search)).toBe("25 of 100 (25%)");
  expect(epochsText(searchOf({ epochs: 1204 }))).toBe("1,204");
});
