import { expect, it } from "vitest";
import { factLabel, usedFraction } from "./facts";

it("makes a fact's name readable", () => {
  expect(factLabel("free_space")).toBe("Free space");
  expect(["gpus", "GPUs", "cpu_load"].map(factLabel)).toEqual(["GPUs", "GPUs", "CPU load"]);
  expect(factLabel("")).toBe("");
});

it("keeps the share of slots between nothing and all", () => {
  expect(usedFraction({ used: 1, total: 4 })).toBe(0.25);
  expect(usedFraction({ used: 3, total: 2 })).toBe(1);
  expect(usedFraction({ used: 0, total: 0 })).toBe(0);
});
