import type { ReactNode } from "react";
import type { Platform } from "~/api/client";
import { formatCount, plural } from "~/lib/format";
import { formatDuration } from "~/lib/time";
import { usedFraction } from "./facts";
import { Ago, Until } from "./PollTimes";
import classes from "./platforms.module.css";

/** How full a platform is, and how often it is asked. */
export function Numbers({ platform }: { platform: Platform }) {
  const { slots, num_running, num_queued, num_waiting, calls_per_hour, last_poll_at, next_poll_at } =
    platform;
  return (
    <dl className={classes.numbers}>
      {slots && (
        <Figure label="Slots used">
          <strong>{formatCount(slots.used)}</strong> of {formatCount(slots.total)}
          <SlotBar slots={slots} />
        </Figure>
      )}
      <Figure label="Running">
        <strong>{formatCount(num_running)}</strong>
      </Figure>
      {(!slots || num_queued > 0) && (
        <Figure label="Queued there" hint="Handed over, and not started yet.">
          <strong>{formatCount(num_queued)}</strong>
        </Figure>
      )}
      <Figure label="Waiting here" hint="Not handed over yet.">
        <strong>{formatCount(num_waiting)}</strong>
      </Figure>
      <Figure label="Last poll">{last_poll_at ? <Ago time={last_poll_at} /> : "not yet"}</Figure>
      <Figure label="Next poll" hint={paceWords(platform)}>
        {next_poll_at ? <Until time={next_poll_at} /> : "when there is a task"}
      </Figure>
      {calls_per_hour !== null && (
        <Figure label="Calls an hour" hint="Commands sent there in the last hour, for all tasks together.">
          <strong>{formatCount(calls_per_hour)}</strong>
        </Figure>
      )}
    </dl>
  );
}

function Figure({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    <div className={classes.figure} title={hint}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function SlotBar({ slots }: { slots: NonNullable<Platform["slots"]> }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: <meter> cannot take our colours in every browser
    <span
      className={classes.bar}
      role="meter"
      aria-label="Slots used"
      aria-valuemin={0}
      aria-valuemax={slots.total}
      aria-valuenow={Math.min(slots.used, slots.total)}
      aria-valuetext={`${slots.used} of ${plural(slots.total, "slot")}`}
    >
      <span style={{ width: `${usedFraction(slots) * 100}%` }} />
    </span>
  );
}

/** "Every 60s at the slowest, never sooner than 5s after the last." */
function paceWords({ poll_seconds, poll_floor_seconds }: Platform): string | undefined {
  if (poll_seconds === null) return undefined;
  const floor = poll_floor_seconds
    ? `, never sooner than ${formatDuration(poll_floor_seconds)} after the last`
    : "";
  return `Every ${formatDuration(poll_seconds)} at the slowest${floor}.`;
}
