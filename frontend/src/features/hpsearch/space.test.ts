import { expect, it } from "vitest";
import { spaceRows } from "./space";

const words = (entry: Record<string, unknown>) => spaceRows({ params: [entry] })[0];

it("says what each parameter may be", () => {
  expect(words({ path: "lr", paths: ["lr"], type: "float", low: 1e-5, high: 0.1, log: true })).toEqual({
    path: "lr",
    words: "1e-5 to 0.1, logarithmic",
  });
  expect(words({ path: "n", type: "int", low: 2, high: 8, step: 2 })?.words).toBe(
    "2 to 8, whole numbers, in steps of 2",
  );
  expect(words({ path: "o", type: "ordinal", values: ["s", "m"] })?.words).toBe("s, m, in this order");
  expect(words({ path: "a", paths: ["a", "b"], values: [[1, true]] })).toEqual({
    path: "a and b",
    words: "[1,true]",
  });
  expect(words({ path: "c", type: "same", same_as: "lr" })?.words).toBe("the same as lr");
  expect(
    words({ path: "w", distribution: "lognormal", mean: -9, std: 2, low: null, high: null })?.words,
  ).toBe("log-normal with mean -9 and deviation 2");
  expect(words({ path: "lr", low: -5, high: -1, exponent_base: 10 })?.words).toBe("1e-5 to 0.1, logarithmic");
  expect(spaceRows({})).toEqual([]);
});

it("says when a parameter counts", () => {
  const when = [
    { path: "opt", values: ["sgd", "adam"] },
    { path: "n", low: 3, high: null },
  ];
  expect(words({ path: "m", low: 0, high: 1, when })?.words).toBe(
    "0 to 1, while opt is sgd or adam and n is 3 or more",
  );
});
