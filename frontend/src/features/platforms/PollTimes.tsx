import { useEffect, useState } from "react";
import { formatAge, formatDuration, formatTime, parseTime } from "~/lib/time";

interface PollTimesProps {
  last: string | null;
  next: string | null;
}

/** When the platform was last asked and will be next, ticking. */
export function PollTimes({ last, next }: PollTimesProps) {
  const now = useNow();
  const due = parseTime(next);
  const seconds = due === null ? null : Math.round((due - now) / 1000);
  if (last === null && next === null) return <>not polled yet</>;
  return (
    <>
      {last !== null && agoText(formatAge(last, now))}
      {seconds !== null && (
        <span className="dim">{seconds > 0 ? `next in ${formatDuration(seconds)}` : "next any moment"}</span>
      )}
    </>
  );
}

/** How long ago, ticking: "4s ago". */
export function Ago({ time }: { time: string }) {
  return <span title={formatTime(time)}>{agoText(formatAge(time, useNow()))}</span>;
}

function agoText(age: string): string {
  return age === "now" ? "just now" : `${age} ago`;
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
