import { useSyncExternalStore } from "react";
import { elapsedSeconds, formatAge, formatDuration, formatEta, formatTime } from "~/lib/time";

/** One clock for the page, that ticks once a second while somebody looks at it. */
const clock = {
  now: Date.now(),
  timer: 0,
  listeners: new Set<() => void>(),
  subscribe(listener: () => void): () => void {
    clock.listeners.add(listener);
    if (clock.listeners.size === 1) clock.timer = window.setInterval(clock.tick, 1000);
    return () => {
      clock.listeners.delete(listener);
      if (clock.listeners.size === 0) window.clearInterval(clock.timer);
    };
  },
  tick() {
    if (document.hidden) return;
    clock.now = Date.now();
    for (const listener of clock.listeners) listener();
  },
};

/** The same clock for what is more than text: milliseconds since 1970, for `useSyncExternalStore`. */
export const secondsClock = {
  subscribe: clock.subscribe,
  now(): number {
    // The clock stands still while nobody looks; who looks again must not see its old time.
    if (clock.listeners.size === 0) clock.now = Date.now();
    return clock.now;
  },
};

/** Text that depends on the time; drawn again when the text changes, not with every tick. */
function useTicking(text: (now: number) => string): string {
  return useSyncExternalStore(clock.subscribe, () => text(secondsClock.now()));
}

/** How long ago: "39m", with the moment as a title. */
export function Age({ time }: { time: string | null }) {
  const text = useTicking((now) => formatAge(time, now));
  return <time title={time ? formatTime(time) : undefined}>{text}</time>;
}

interface ElapsedProps {
  from: string | null;
  to: string | null;
  /** Seconds in between that do not count. */
  without?: number;
}

/** How long from one moment to another, or until now. */
export function Elapsed({ from, to, without = 0 }: ElapsedProps) {
  const text = (now: number) => {
    const seconds = elapsedSeconds(from, to, now);
    return formatDuration(wholeSeconds(seconds && Math.max(0, seconds - without), to));
  };
  return <>{useTicking(text)}</>;
}

/** What still runs shows whole seconds: tenths that jump by ones would be noise. */
function wholeSeconds(seconds: number | null, end: string | null): number | null {
  return seconds !== null && end === null ? Math.floor(seconds) : seconds;
}

/** When something that takes `seconds` more will end: "17:40". */
export function EndsAt({ seconds }: { seconds: number }) {
  return <>{useTicking((now) => formatEta(seconds, now))}</>;
}

/** Text that depends on the time, in milliseconds since 1970. */
export function TickingText({ text }: { text: (now: number) => string }) {
  return <>{useTicking(text)}</>;
}
