import { expect, it } from "vitest";
import { xScale } from "./axes";
import { seriesCsv } from "./exports";
import { nearestRow, prepared, type Series, xExtent, yExtent } from "./series";

function series(points: Series["points"], more: Partial<Series> = {}): Series {
  return { id: "a", label: "a", color: "red", points, ...more };
}

it("what is not finite becomes a gap and is counted", () => {
  const { series: shaped, gaps } = prepared(
    [
      series([
        [1, 0.5],
        [2, null],
        [3, Number.NaN],
        [4, 1],
      ]),
    ],
    "linear",
    0,
  );
  expect(shaped[0]?.rows.map((row) => row.y)).toEqual([0.5, null, null, 1]);
  expect(gaps).toBe(2);
});

it("a log axis leaves out what is not positive and says how many", () => {
  const {
    series: shaped,
    dropped,
    gaps,
  } = prepared(
    [
      series([
        [1, 0],
        [2, -3],
        [3, 1],
      ]),
    ],
    "log",
    0,
  );
  expect(shaped[0]?.rows.map((row) => row.y)).toEqual([null, null, 1]);
  expect([dropped, gaps]).toEqual([2, 0]);
});

it("smoothing keeps the raw values beside it", () => {
  const { series: shaped, isSmoothed } = prepared(
    [
      series([
        [1, 0],
        [2, 1],
        [3, 0],
      ]),
    ],
    "linear",
    0.5,
  );
  expect(isSmoothed).toBe(true);
  expect(shaped[0]?.rows.map((row) => row.raw)).toEqual([0, 1, 0]);
  expect(shaped[0]?.rows[1]?.y).toBeCloseTo(2 / 3);
});

it("a single point and a point between gaps are marked to be drawn as dots", () => {
  const { series: shaped } = prepared(
    [
      series([[1, 0.5]]),
      series([
        [1, 1],
        [2, 1],
        [3, null],
        [4, 2],
        [5, null],
      ]),
    ],
    "linear",
    0,
  );
  expect(shaped.map((one) => one.isolated.map((row) => row.x))).toEqual([[1], [4]]);
});

it("a flat band is no band, and bands count for the axis", () => {
  const flat = prepared([series([[1, 1]], { bands: [[1, 1, 1]] })], "linear", 0);
  expect(flat.series[0]?.bandRows).toEqual([]);
  const wide = prepared([series([[1, 1]], { bands: [[1, 0, 5]] })], "linear", 0);
  expect(yExtent(wide.series, [0, 2])).toEqual([0, 5]);
});

it("the value axis fits what the zoom shows", () => {
  const { series: shaped } = prepared(
    [
      series([
        [1, 100],
        [50, 2],
        [60, 3],
      ]),
    ],
    "linear",
    0,
  );
  expect(yExtent(shaped, [40, 70])).toEqual([2, 3]);
  expect(yExtent(shaped, [70, 80])).toBeNull();
});

it("nothing has no extent", () => {
  expect(xExtent([])).toBeNull();
  expect(xExtent([series([])])).toBeNull();
});

it("the nearest point is found, also where epochs go back after a resume", () => {
  const [one] = prepared(
    [
      series([
        [1, 1],
        [2, 2],
        [3, 3],
        [2, 20],
        [3, 30],
        [4, 40],
      ]),
    ],
    "linear",
    0,
  ).series;
  expect(one?.rows.map((row) => row.x)).toEqual([1, 2, 3, 2, 3, 4]);
  expect(nearestRow(one?.byX ?? [], 3.4)?.y).toBe(30);
  expect(nearestRow(one?.byX ?? [], -5)?.y).toBe(1);
  expect(nearestRow([], 1)).toBeNull();
});

it("the x axis stays while points arrive, and is exactly the zoom when zoomed", () => {
  expect(xScale("epoch", [1, 164], null, 5).domain).toEqual(xScale("epoch", [1, 170], null, 5).domain);
  expect(xScale("epoch", [1, 164], [20.5, 40], 5)).toEqual({ domain: [20.5, 40], ticks: [25, 30, 35, 40] });
});

it("the CSV has the points as measured", () => {
  expect(
    seriesCsv(
      [
        series([
          [1, 0.5],
          [2, null],
        ]),
      ],
      "epoch",
    ),
  ).toBe("series,epoch,value\r\na,1,0.5\r\na,2,nan\r\n");
  expect(seriesCsv([series([[1, 0.5]], { bands: [[1, 0.1, 0.9]] })], "elapsed")).toBe(
    "series,elapsed_seconds,value,min,max\r\na,1,0.5,0.1,0.9\r\n",
  );
});
