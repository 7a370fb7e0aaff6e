import { useMemo, useSyncExternalStore } from "react";
import { LanePlot } from "~/charts/LanePlot";
import { useHoveredTrial, useSearchState, useTrialSelection } from "~/features/hpsearch/selection";
import { isOver, trialLook } from "~/features/hpsearch/trials";
import type { SearchDetail, SearchViewProps, TrialRead } from "~/features/hpsearch/types";
import { formatNumber, plural } from "~/lib/format";
import { elapsedSeconds, formatDuration, formatTime, parseTime } from "~/lib/time";
import { Empty } from "~/ui/Empty";
import { secondsClock } from "~/ui/Ticking";
import { BarLegend } from "./BarLegend";
import { ChartFrame } from "./ChartFrame";
import type { TableData } from "./ChartTable";
import { parseRange, rangeText } from "./ranges";
import { spansOf, timeExtent, timelineOf } from "./workerLanes";

/** All rows together are no higher than this, in pixels, as long as they can be seen. */
const MOST_HEIGHT = 480;
const [LOWEST_ROW, HIGHEST_ROW] = [4, 20];
/** The picture moves on so many times over its whole width. */
const STEPS = 600;

/** What ran when: a row for every trial that ran at the same time on a platform. */
export function TimelineView({ search, trials }: SearchViewProps) {
  const { best, selected } = useTrialSelection();
  const spans = useMemo(() => spansOf(trials), [trials]);
  const now = useNow(search, spans);
  const extent = useMemo(() => timeExtent(spans, now), [spans, now]);
  const timeline = useMemo(
    () => timelineOf(trials, { platforms: search.platforms, best, selected, now }),
    [trials, search.platforms, best, selected, now],
  );
  const waiting = trials.filter(
    ({ started_at, ended_at }) => started_at === null && ended_at === null,
  ).length;
  const unstarted = trials.length - spans.length - waiting;
  const notes = [
    ...(waiting > 0 ? [`${plural(waiting, "trial")} waiting`] : []),
    ...(unstarted > 0 ? [`${plural(unstarted, "trial")} ended without having begun`] : []),
    ...(search.paused_at ? [`Paused since ${formatTime(search.paused_at)}`] : []),
  ];
  return (
    <ChartFrame
      title="Timeline"
      numTrials={trials.length}
      table={extent === null ? null : () => timelineTable(trials, now)}
      legend={<BarLegend trials={trials} best={best} />}
      notes={notes}
    >
      {extent === null ? (
        <Empty title="Nothing has run yet">A bar begins here with every trial that starts.</Empty>
      ) : (
        <Bars search={search} trials={trials} timeline={timeline} extent={extent} now={now} />
      )}
    </ChartFrame>
  );
}

/** Unix seconds, in steps that suit the picture; stands still when nothing runs. */
function useNow(search: SearchDetail, spans: ReturnType<typeof spansOf>): number {
  const first = spans[0]?.from ?? 0;
  const isStill = isOver(search) && spans.every(({ to }) => Number.isFinite(to));
  return useSyncExternalStore(secondsClock.subscribe, () => {
    if (isStill) return (parseTime(search.ended_at) ?? 0) / 1000;
    const now = Math.floor(secondsClock.now() / 1000);
    const step = Math.max(1, Math.floor((now - first) / STEPS));
    return Math.ceil(now / step) * step;
  });
}

interface BarsProps extends SearchViewProps {
  timeline: ReturnType<typeof timelineOf>;
  extent: readonly [number, number];
  now: number;
}

function Bars({ search, trials, timeline, extent, now }: BarsProps) {
  const [{ times }, change] = useSearchState();
  const { highlighted, setHighlighted, best } = useTrialSelection();
  const [hovered, setHovered] = useHoveredTrial();
  const { bars, groups, numRows } = timeline;
  const zoom = useMemo(() => parseRange(times), [times]);
  const byNumber = useMemo(() => new Map(trials.map((trial) => [trial.number, trial])), [trials]);
  const pausedAt = parseTime(search.paused_at);
  const bands = pausedAt === null ? [] : [{ from: pausedAt / 1000, to: extent[1], text: "paused" }];
  const words = groups.map(({ name, numRows: lanes }) => `${lanes} at once on ${name}`).join(", ");
  return (
    <LanePlot
      label={`${plural(bars.length, "trial")} over time, ${words}.`}
      bars={bars}
      groups={groups}
      numRows={numRows}
      extent={extent}
      zoom={zoom}
      onZoom={(range) => change({ times: rangeText(range) })}
      bands={bands}
      now={isOver(search) ? null : now}
      hovered={hovered}
      onHover={setHovered}
      pinned={highlighted}
      onOpen={(number) => setHighlighted(number === highlighted ? null : number)}
      bubble={(number) => {
        const trial = byNumber.get(number);
        return trial && <BarText trial={trial} best={best} now={now} />;
      }}
      rowHeight={Math.max(LOWEST_ROW, Math.min(HIGHEST_ROW, Math.floor(MOST_HEIGHT / numRows)))}
    />
  );
}

function BarText({ trial, best, now }: { trial: TrialRead; best: number | null; now: number }) {
  const { number, platform, created_at, started_at, ended_at, epochs, last_value, reason } = trial;
  const waited = elapsedSeconds(created_at, started_at, now * 1000);
  return (
    <>
      <p>
        <strong>Trial {number}</strong> {trialLook(trial, best).word} on {platform}
      </p>
      <p>
        {formatDuration(elapsedSeconds(started_at, ended_at, now * 1000))}, {plural(epochs, "epoch")}
        {last_value !== null && `, last value ${formatNumber(last_value)}`}
      </p>
      <p className="dim">
        from {formatTime(started_at)}, after {formatDuration(waited)} of waiting
      </p>
      {reason && <p className="dim">{reason}</p>}
    </>
  );
}

function timelineTable(trials: readonly TrialRead[], now: number): TableData {
  return {
    head: ["Platform", "State", "Started", "Ended", "Ran", "Why"],
    rows: trials
      .filter(({ started_at }) => started_at !== null)
      .map((trial) => ({
        number: trial.number,
        cells: [
          trial.platform,
          trialLook(trial, null).word,
          formatTime(trial.started_at),
          formatTime(trial.ended_at),
          formatDuration(elapsedSeconds(trial.started_at, trial.ended_at, now * 1000)),
          trial.reason,
        ],
      })),
  };
}
