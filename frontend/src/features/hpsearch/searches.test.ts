import { expect, it } from "vitest";
import { filteredSearches, sortedSearches } from "./searches";
import { searchOf } from "./testing";

const searches = [
  searchOf({ id: 1, name: "resnet_lr", best_value: 0.5, status: "finished", n_trials: 4, num_finished: 4 }),
  searchOf({ id: 2, name: "bert", project: "nlp", best_value: null, epochs: 9, n_trials: 4, num_stopped: 1 }),
  searchOf({ id: 3, name: "unet", platforms: ["local", "slurm"], best_value: 0.1, status: "failed" }),
];
const order = (sort: string) => sortedSearches(searches, sort).map(({ id }) => id);
const kept = (q: string, ...statuses: string[]) =>
  filteredSearches(searches, q, statuses).map(({ id }) => id);

it("sorts by any column, the newest first, with what has no value at the end both ways", () => {
  expect(order("-id")).toEqual([3, 2, 1]);
  expect(order("best")).toEqual([3, 1, 2]);
  expect(order("-best")).toEqual([1, 3, 2]);
  expect(order("-progress")).toEqual([1, 2, 3]);
  expect(order("name")).toEqual([2, 1, 3]);
  expect(order("-epochs")).toEqual([2, 3, 1]);
});

it("keeps what matches all words and one of the statuses", () => {
  expect(kept("")).toEqual([1, 2, 3]);
  expect(kept("NLP be")).toEqual([2]);
  expect(kept("slurm")).toEqual([3]);
  expect(kept("", "finished", "failed")).toEqual([1, 3]);
  expect(kept("resnet", "failed")).toEqual([]);
});
