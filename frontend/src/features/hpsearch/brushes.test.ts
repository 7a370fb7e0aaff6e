import { expect, it } from "vitest";
import { allAxes, axisValue } from "./axes";
import { type Brush, brushedNumbers, brushTexts, parseBrushes, withBrush } from "./brushes";
import { searchOf, trialOf } from "./testing";

const brushes = new Map<string, Brush>([
  ["params.training.lr", { kind: "range", low: 1e-7, high: 0.5 }],
  ["objectives.0", { kind: "range", low: Number.NEGATIVE_INFINITY, high: -2 }],
  ["params.opt", { kind: "choices", choices: ["sgd", "a|b=c", "50%"] }],
]);

it("comes back from the URL as it went there", () => {
  expect(brushTexts(brushes)).toEqual([
    "params.training.lr:1e-7..0.5",
    "objectives.0:-Infinity..-2",
    "params.opt=sgd|a%7Cb=c|50%25",
  ]);
  expect(parseBrushes(brushTexts(brushes))).toEqual(brushes);
});

it("leaves out what cannot be read, and is nothing where there is none", () => {
  expect(parseBrushes(["nonsense", "a:3..1", "b:x..1", ":1..2"]).size).toBe(0);
  expect(parseBrushes(undefined).size).toBe(0);
  expect(brushTexts(new Map())).toBeUndefined();
  expect(withBrush(brushes, "params.opt", null).size).toBe(2);
});

const search = searchOf({
  spec: {
    params: [
      { path: "lr", paths: ["lr"], type: "float", low: 0.001, high: 1, log: true },
      { path: "size", paths: ["size"], type: "categorical", values: [16, 32] },
      {
        path: "a",
        paths: ["a", "b"],
        type: "categorical",
        values: [
          [1, true],
          [2, true],
        ],
      },
      { path: "old", low: -3, high: -1, exponent_base: 10 },
    ],
  },
});
const axes = allAxes(search);

it("has an axis for each path of a parameter, each objective and each fact", () => {
  expect(axes.map(({ id, isLog, choices, range }) => [id, isLog, choices ?? range])).toEqual([
    ["params.lr", true, [0.001, 1]],
    ["params.size", false, ["16", "32"]],
    ["params.a", false, ["1", "2"]],
    ["params.b", false, ["true"]],
    ["params.old", true, [0.001, 0.1]],
    ["objectives.0", false, null],
    ["number", false, null],
    ["epochs", false, null],
    ["duration", false, null],
    ["cost", false, null],
  ]);
});

it("keeps what is inside of all brushes, and nothing without a value", () => {
  const trials = [
    trialOf(0, { params: { lr: 0.123456789, size: 16 } }),
    trialOf(1, { params: { lr: 0.5, size: 32 } }),
    trialOf(2, { params: { size: 16 } }),
  ];
  const kept = (...texts: string[]) => [...brushedNumbers(trials, axes, parseBrushes(texts))];
  expect(kept()).toEqual([0, 1, 2]);
  // The URL has 8 digits of the end, which must not leave out the value that it was set to.
  expect(kept("params.lr:0.12345679..0.2")).toEqual([0]);
  expect(kept("params.lr:0..1", "params.size=16")).toEqual([0]);
  expect(kept("params.size=32|64")).toEqual([1]);
  expect(kept("duration:60..60")).toEqual([0, 1, 2]);
  expect(kept("params.gone:0..1")).toEqual([0, 1, 2]);
});

it("places numbers among candidates as text", () => {
  const trial = trialOf(0, { params: { size: 16, list: [1, 2], off: false } });
  expect(axisValue(trial, { id: "params.size", choices: ["16"] })).toBe("16");
  expect(axisValue(trial, { id: "params.size", choices: null })).toBe(16);
  expect(axisValue(trial, { id: "params.list", choices: null })).toBe("[1,2]");
  expect(axisValue(trial, { id: "params.off", choices: null })).toBe("false");
  expect(axisValue(trial, { id: "params.none", choices: null })).toBeNull();
});
