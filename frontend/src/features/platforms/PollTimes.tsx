import { formatAge, formatDuration, formatTime, parseTime } from "~/lib/time";
import { TickingText } from "~/ui/Ticking";

/** How long ago, ticking: "4s ago". */
export function Ago({ time }: { time: string }) {
  return (
    <time dateTime={time} title={formatTime(time)}>
      <TickingText text={(now) => agoText(formatAge(time, now))} />
    </time>
  );
}

/** How long until then, ticking: "in 12s". */
export function Until({ time }: { time: string }) {
  return (
    <time dateTime={time} title={formatTime(time)}>
      <TickingText text={(now) => untilText(time, now)} />
    </time>
  );
}

function untilText(time: string, now: number): string {
  const seconds = Math.round(((parseTime(time) ?? now) - now) / 1000);
  return seconds > 0 ? `in ${formatDuration(seconds)}` : "any moment";
}

function agoText(age: string): string {
  return age === "now" ? "just now" : `${age} ago`;
}
