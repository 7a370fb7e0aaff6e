import { expect, it } from "vitest";
import { spaceRows } from "./space";

it("reads the normalised list with an exponent base, and plain ranges", () => {
  const params = [
    { path: "training.lr", low: -5, high: -1, exponent_base: 10 },
    { param: "dropout", lo: 0, hi: 0.5, exponent_base: null },
  ];
  expect(spaceRows({ n_trials: 3, params })).toEqual([
    { param: "training.lr", range: "1e-5 to 0.1 (10^-5 to 10^-1)", isLog: true },
    { param: "dropout", range: "0 to 0.5", isLog: false },
  ]);
});

it("reads the mapping form, choices, and what it does not know", () => {
  const params = { lr: { low: 1e-4, high: 1, log: true }, optimizer: ["sgd", "adam"], odd: { type: "x" } };
  expect(spaceRows({ params })).toEqual([
    { param: "lr", range: "0.0001 to 1, logarithmic", isLog: true },
    { param: "optimizer", range: '["sgd","adam"]', isLog: false },
    { param: "odd", range: '{"type":"x"}', isLog: false },
  ]);
  expect(spaceRows({})).toEqual([]);
});
