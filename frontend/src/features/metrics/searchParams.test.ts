import { expect, it } from "vitest";
import { hiddenOf, withHidden, withToggled, withZoom, zoomOf } from "./searchParams";

it("each chart has its own zoom", () => {
  const zooms = withZoom(withZoom(undefined, "loss", [10, 20]), "a:b", [0.5, 1.25]);
  expect(zooms).toEqual(["loss:10..20", "a:b:0.5..1.25"]);
  expect(zoomOf(zooms, "loss")).toEqual([10, 20]);
  expect(zoomOf(zooms, "a:b")).toEqual([0.5, 1.25]);
  expect(zoomOf(zooms, "a")).toBeNull();
  expect(withZoom(zooms, "loss", null)).toEqual(["a:b:0.5..1.25"]);
  expect(withZoom(["loss:1..2"], "loss", null)).toBeUndefined();
});

it("moments keep their milliseconds, ratios their digits", () => {
  expect(withZoom(undefined, "t", [1_790_000_000.1234, 1_790_000_100])).toEqual([
    "t:1790000000.123..1790000100",
  ]);
  expect(withZoom(undefined, "t", [1 / 3, 2 / 3])).toEqual(["t:0.33333333..0.66666667"]);
});

it("a zoom that makes no sense is none", () => {
  for (const text of ["loss:20..10", "loss:a..b", "loss:", "loss:1..", "loss"]) {
    expect(zoomOf([text], "loss")).toBeNull();
  }
});

it("series are hidden chart by chart", () => {
  const hide = withHidden(withHidden(undefined, "IoU", "road"), "loss", "#3");
  expect(hiddenOf(hide, "IoU")).toEqual(new Set(["road"]));
  expect(hiddenOf(hide, "acc").size).toBe(0);
  expect(withHidden(["IoU:road"], "IoU", "road")).toBeUndefined();
});

it("texts are added and taken away", () => {
  expect(withToggled(["loss"], "lr")).toEqual(["loss", "lr"]);
  expect(withToggled(["loss", "lr"], "loss")).toEqual(["lr"]);
});
