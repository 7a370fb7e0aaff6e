import { expect, it } from "vitest";
import { placed } from "~/charts/dimension";
import { NO_VALUE } from "~/features/hpsearch/brushes";
import { brushOf, spanOf } from "./spans";

const lr = placed({ id: "lr", label: "lr", kind: "log", values: [1e-4, 1], domain: [1e-4, 1] });
const momentum = placed({ id: "m", label: "m", kind: "linear", values: [0, null, 1], domain: [0, 1] });
const names = ["sgd", "adam", "lion", "adamw"];
const optimizer = placed({ id: "o", label: "o", kind: "category", values: names, categories: names });
const sometimes = placed({
  id: "s",
  label: "s",
  kind: "category",
  values: ["a", null],
  categories: ["a", "b"],
});

it("keeps the values between the ends of a brush", () => {
  expect(brushOf(lr, [0.25, 0.5])).toEqual({
    kind: "range",
    low: expect.closeTo(1e-3),
    high: expect.closeTo(1e-2),
  });
});

it("has no limit at an end of the axis, so that values to come are kept", () => {
  expect(brushOf(lr, [0, 0.5])).toMatchObject({ low: Number.NEGATIVE_INFINITY });
  expect(brushOf(lr, [0.5, 1])).toMatchObject({ high: Number.POSITIVE_INFINITY });
});

it("keeps the names whose middle is within, or the one that a short drag is at", () => {
  expect(brushOf(optimizer, [0.1, 0.4])).toEqual({ kind: "choices", choices: ["sgd", "adam"] });
  expect(brushOf(optimizer, [0.3, 0.32])).toEqual({ kind: "choices", choices: ["adam"] });
});

it("keeps the trials without a value by their place alone", () => {
  const none = { kind: "choices", choices: [NO_VALUE] };
  expect(brushOf(momentum, [0, 0.05])).toEqual(none);
  expect(brushOf(momentum, [0, 0.5])).toMatchObject({ kind: "range", low: Number.NEGATIVE_INFINITY });
  expect(brushOf(momentum, [0.08, 0.1])).toBeNull();
  expect(brushOf(sometimes, [0, 0.02])).toEqual(none);
  expect(brushOf(sometimes, [0, 0.5])).toEqual({ kind: "choices", choices: [NO_VALUE, "a"] });
});

it.each([
  [lr, [0.25, 0.5]],
  [lr, [0, 0.5]],
  [momentum, [0.5, 1]],
  [momentum, [0.12, 0.6]],
] as const)("draws a brush where it was drawn: %#", (axis, span) => {
  const brush = brushOf(axis, span);
  const [low, high] = (brush && spanOf(axis, brush)) ?? [];
  expect(low).toBeCloseTo(span[0]);
  expect(high).toBeCloseTo(span[1]);
});

it.each([
  [optimizer, [0.1, 0.4]],
  [sometimes, [0, 0.5]],
  [momentum, [0, 0.05]],
] as const)("means the same by the part that it draws: %#", (axis, span) => {
  const brush = brushOf(axis, span);
  const drawn = brush && spanOf(axis, brush);
  expect(drawn && brushOf(axis, drawn)).toEqual(brush);
});

it("draws nothing for choices that an axis does not have", () => {
  expect(spanOf(optimizer, { kind: "choices", choices: ["gone"] })).toBeNull();
  expect(spanOf(optimizer, { kind: "range", low: 0, high: 1 })).toBeNull();
});
