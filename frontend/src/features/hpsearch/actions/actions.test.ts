import { expect, it } from "vitest";
import { searchOf } from "~/features/hpsearch/testing";
import { draftOf, editOf } from "./edit";
import { replayWords, versionWords } from "./replay";

it("sends only what is not as it was", () => {
  const search = searchOf({ n_trials: 10, spec: { max_concurrent: 4 }, config_text: "a: 1\n" });
  const draft = draftOf(search);
  expect(editOf(draft, search)).toBeNull();
  expect(editOf({ ...draft, n_trials: null, name: " sweep " }, search)).toBeNull();
  expect(editOf({ ...draft, n_trials: 20, config_text: "a: 2\n" }, search)).toEqual({
    n_trials: 20,
    config_text: "a: 2\n",
  });
  expect(editOf({ ...draft, max_concurrent: 2, project: "p" }, search)).toEqual({
    max_concurrent: 2,
    project: "p",
  });
});

const same = {
  ...{ is_equal: true, num_suggestions: 60, num_decisions: 1, differences: [] },
  ...{ optuna_version: "5.0.0", recorded_optuna_version: "5.0.0" },
};

it("says of a replay whether it is equal, and whether another library answered", () => {
  expect(replayWords(same)).toBe("All of 60 suggestions and 1 decision came out as recorded.");
  expect(versionWords(same)).toBe("");
  const differences = [{ seq: 4, number: 2, words: "lr was 1" }];
  expect(replayWords({ ...same, is_equal: false, differences })).toContain("One thing is not as recorded");
  expect(versionWords({ ...same, optuna_version: "5.1.0" })).toContain("ran with Optuna 5.0.0");
});
