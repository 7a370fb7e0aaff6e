import { describe, expect, it } from "vitest";
import { trialOf } from "~/features/hpsearch/testing";
import { assignedLanes, type Span, spansOf, timeExtent, timelineOf } from "./workerLanes";

/** Numbers that look random and are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

function randomSpans(seed: number, count: number): Span[] {
  const next = numbers(seed);
  return Array.from({ length: count }, (_, id) => {
    const from = Math.floor(next() * 100);
    return { id, group: next() < 0.5 ? "local" : "slurm", from, to: from + 1 + Math.floor(next() * 20) };
  });
}

function atOnce(spans: readonly Span[]): number {
  return Math.max(
    0,
    ...spans.map(({ from }) => spans.filter((one) => one.from <= from && one.to > from).length),
  );
}

describe("assignedLanes", () => {
  it.each([1, 2, 3, 4, 5])("gives no lane to two at once, and uses as few as ran at once (%i)", (seed) => {
    const spans = randomSpans(seed, 120);
    const { groups, lanes } = assignedLanes(spans);
    for (const { name, numLanes } of groups) {
      const own = spans.filter(({ group }) => group === name);
      expect(numLanes).toBe(atOnce(own));
      for (const a of own)
        for (const b of own)
          if (a.id < b.id && lanes.get(a.id) === lanes.get(b.id))
            expect(a.to <= b.from || b.to <= a.from).toBe(true);
    }
  });

  it("leaves the lanes of earlier spans as they are while later ones come and running ones end", () => {
    const spans = randomSpans(9, 60).toSorted((a, b) => a.from - b.from);
    const open = spans
      .slice(0, 40)
      .map((span) => ({ ...span, to: span.to > 70 ? Number.POSITIVE_INFINITY : span.to }));
    const before = assignedLanes(open).lanes;
    const after = assignedLanes(spans.filter(({ from }) => from < 70 || from >= 90)).lanes;
    for (const { id, from } of open) if (from < 70) expect(after.get(id)).toBe(before.get(id));
  });

  it("keeps the order of the named groups and leaves out those without any", () => {
    const spans = [
      { id: 1, group: "slurm", from: 0, to: 1 },
      { id: 2, group: "local", from: 5, to: 6 },
    ];
    expect(assignedLanes(spans, ["local", "aws", "slurm"]).groups.map(({ name }) => name)).toEqual([
      "local",
      "slurm",
    ]);
  });
});

it("has no span for a trial that never began, and an open one for one that runs", () => {
  const spans = spansOf([
    trialOf(0, { started_at: null }),
    trialOf(1, { state: "running", ended_at: null }),
    trialOf(2),
  ]);
  expect(spans.map(({ id, to }) => [id, Number.isFinite(to)])).toEqual([
    [1, false],
    [2, true],
  ]);
});

it("stretches the time to the present while a trial runs", () => {
  const spans = [{ id: 0, group: "", from: 10, to: Number.POSITIVE_INFINITY }];
  expect(timeExtent(spans, 50)).toEqual([10, 50]);
  expect(timeExtent([], 50)).toBeNull();
});

it("leaves a row free between platforms, ends running bars at the present, and fades what is not selected", () => {
  const trials = [
    trialOf(0, { platform: "local" }),
    trialOf(1, { platform: "slurm", state: "running", ended_at: null }),
  ];
  const now = Date.parse("2026-11-24T07:00:00Z") / 1000;
  const { bars, numRows } = timelineOf(trials, {
    platforms: ["local", "slurm"],
    best: 0,
    selected: new Set([0]),
    now,
  });
  expect(bars.map(({ row, isFaint }) => [row, isFaint])).toEqual([
    [0, false],
    [2, true],
  ]);
  expect(bars[1]?.to).toBe(now);
  expect(numRows).toBe(3);
});
