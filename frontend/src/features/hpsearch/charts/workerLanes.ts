import type { Bar } from "~/charts/lanes";
import type { TrialRead, TrialState } from "~/features/hpsearch/types";
import { parseTime } from "~/lib/time";

/** Something that ran from one moment to another, in Unix seconds. What still runs ends at infinity. */
export interface Span {
  id: number;
  group: string;
  from: number;
  to: number;
}

export interface Lanes {
  groups: { name: string; numLanes: number }[];
  /** By the span's id, counted within its group. */
  lanes: Map<number, number>;
}

/**
 * Lanes without overlaps, as few as there were spans at once: each span, by its beginning, goes to the first lane of
 * its group that is free. A span that begins later changes none of those before it.
 */
export function assignedLanes(spans: readonly Span[], groups: readonly string[] = []): Lanes {
  const ends = new Map<string, number[]>(groups.map((name) => [name, []]));
  const lanes = new Map<number, number>();
  for (const { id, group, from, to } of spans.toSorted((a, b) => a.from - b.from || a.id - b.id)) {
    const own = ends.get(group) ?? [];
    ends.set(group, own);
    const free = own.findIndex((end) => end <= from);
    const lane = free < 0 ? own.length : free;
    own[lane] = to;
    lanes.set(id, lane);
  }
  const used = [...ends].filter(([, own]) => own.length > 0);
  return { groups: used.map(([name, own]) => ({ name, numLanes: own.length })), lanes };
}

/** The time that each trial ran; trials that never began have none. */
export function spansOf(trials: readonly TrialRead[]): Span[] {
  return trials.flatMap(({ number, platform, started_at, ended_at }) => {
    const from = parseTime(started_at);
    if (from === null) return [];
    const to = parseTime(ended_at);
    return [
      {
        id: number,
        group: platform,
        from: from / 1000,
        to: to === null ? Number.POSITIVE_INFINITY : to / 1000,
      },
    ];
  });
}

export interface Timeline {
  bars: Bar[];
  groups: { name: string; firstRow: number; numRows: number }[];
  numRows: number;
}

interface TimelineOptions {
  platforms: readonly string[];
  best: number | null;
  selected: ReadonlySet<number>;
  /** Unix seconds: where what still runs ends on the picture. */
  now: number;
}

/** The trials as bars; a row is left free between two platforms. */
export function timelineOf(
  trials: readonly TrialRead[],
  { platforms, best, selected, now }: TimelineOptions,
): Timeline {
  const spans = spansOf(trials);
  const { groups, lanes } = assignedLanes(spans, platforms);
  let row = 0;
  const placed = groups.map(({ name, numLanes }) => {
    const group = { name, firstRow: row, numRows: numLanes };
    row += numLanes + 1;
    return group;
  });
  const first = new Map(placed.map(({ name, firstRow }) => [name, firstRow]));
  const byNumber = new Map(trials.map((trial) => [trial.number, trial]));
  const bars = spans.map(({ id, group, from, to }): Bar => {
    const state = byNumber.get(id)?.state ?? "running";
    return {
      ...{
        id,
        from,
        to: Math.max(from, Math.min(to, now)),
        row: (first.get(group) ?? 0) + (lanes.get(id) ?? 0),
      },
      ...BAR_LOOKS[state],
      ...(id === best ? { color: "var(--accent)" } : {}),
      isFaint: !selected.has(id),
      isBest: id === best,
    };
  });
  return { bars, groups: placed, numRows: Math.max(1, row - 1) };
}

/** How a bar is drawn, by its trial's state. */
export const BAR_LOOKS: Record<TrialState, Pick<Bar, "color" | "fill" | "isCut">> = {
  running: { color: "var(--running)", fill: "open", isCut: false },
  paused: { color: "var(--waiting)", fill: "open", isCut: false },
  stopping: { color: "var(--text-dim)", fill: "open", isCut: true },
  complete: { color: "var(--series-1)", fill: "solid", isCut: false },
  stopped: { color: "var(--text-dim)", fill: "solid", isCut: true },
  failed: { color: "var(--crashed)", fill: "hatched", isCut: false },
  cancelled: { color: "var(--cancelled)", fill: "hatched", isCut: false },
};

/** Earliest beginning and latest end, or the present while anything runs; null where nothing began. */
export function timeExtent(spans: readonly Span[], now: number): [number, number] | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { from, to } of spans) {
    if (from < low) low = from;
    const end = Number.isFinite(to) ? to : Math.max(from, now);
    if (end > high) high = end;
  }
  return low <= high ? [low, high] : null;
}
