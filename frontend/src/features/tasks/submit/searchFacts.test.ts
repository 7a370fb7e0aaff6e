import { expect, it } from "vitest";
import type { TaskPreview } from "~/api/client";
import { pointsNote, searchFacts, searchTitle } from "./searchFacts";

type Search = NonNullable<TaskPreview["search"]>;

const SEARCH: Search = {
  algorithm: "auto",
  chosen: "tpe",
  follows_results: true,
  n_trials: 50,
  repeats: 1,
  max_concurrent: 4,
  objectives: [{ metric: "loss", direction: "minimize", summary: "best", target: null }],
  early_stopping: "asha by loss, at epochs 1, 3, 9 of 27",
  budget: [],
  places: [{ platform: "local", max_concurrent: null }],
};
const ORIGINAL: Search = {
  ...SEARCH,
  algorithm: "random",
  chosen: "random",
  follows_results: false,
  n_trials: 3,
  max_concurrent: null,
  objectives: [],
  early_stopping: null,
};

function preview(search: Search, numKnown: number): TaskPreview {
  return {
    script_path: null,
    command: [],
    setup: [],
    remote_root: null,
    code: null,
    resources: null,
    forecast: null,
    is_search: true,
    search,
    num_tasks: search.n_trials * search.repeats,
    trials: Array.from({ length: numKnown }, (_, index) => ({ name: `t_${index}`, params: {} })),
    platforms: ["local"],
    config_text: "",
    problems: [],
    warnings: [],
  };
}

it("says how many trials there will be", () => {
  expect(searchTitle({ search: ORIGINAL, num_tasks: 3 })).toBe("3 tasks of a search");
  expect(searchTitle({ search: SEARCH, num_tasks: 50 })).toBe("50 trials of a search");
  expect(searchTitle({ search: { ...SEARCH, repeats: 3 }, num_tasks: 150 })).toBe(
    "50 trials of a search, 3 tasks each",
  );
  expect(searchTitle({ search: { ...SEARCH, n_trials: 0 }, num_tasks: 0 })).toBe(
    "A search, as long as its budget lasts",
  );
});

it("says what a search is in a few facts", () => {
  const shown = (search: Search) => searchFacts(search).map(({ label, value }) => `${label}: ${value}`);
  expect(shown(SEARCH)).toEqual([
    "Algorithm: tpe, chosen by auto",
    "Goal: minimize loss",
    "At once: 4",
    "Stopped early: asha by loss, at epochs 1, 3, 9 of 27",
  ]);
  expect(shown(ORIGINAL)).toEqual(["Algorithm: random", "At once: as many as there is room for"]);
  const objectives = [
    { metric: "acc", direction: "maximize", summary: "mean_last_5", target: 0.95 },
    { metric: "ms", direction: "minimize", summary: "last", target: null },
  ];
  const places = [
    { platform: "local", max_concurrent: 2 },
    { platform: "slurm", max_concurrent: null },
  ];
  expect(shown({ ...ORIGINAL, objectives, budget: ["200 epochs", "12 h"], places }).slice(1)).toEqual([
    "Goals: maximize acc (mean last 5), until 0.95; minimize ms (last)",
    "At once: as many as there is room for",
    "Budget: 200 epochs, 12 h",
    "Platforms: local (2 at once), slurm",
  ]);
});

it("says which points are known, and that the others follow from results", () => {
  const seed = "Without seed: in the YAML, the values are drawn anew at launch.";
  expect(pointsNote(preview(SEARCH, 14), true)).toBe(
    "The first 14 points are known; the others follow from results.",
  );
  expect(pointsNote(preview(SEARCH, 1), false)).toBe(
    `The first point is known; the others follow from results. ${seed}`,
  );
  expect(pointsNote(preview(SEARCH, 0), false)).toBe("Every point follows from the results of earlier ones.");
  expect(pointsNote(preview({ ...SEARCH, n_trials: 8 }, 8), false)).toBe(seed);
});

it("says how many more there are where all are known", () => {
  expect(pointsNote(preview(ORIGINAL, 3), true)).toBe("");
  expect(pointsNote(preview({ ...ORIGINAL, n_trials: 120 }, 100), true)).toBe("20 more trials.");
  expect(pointsNote(preview({ ...ORIGINAL, chosen: "grid" }, 3), false)).toBe("");
});
