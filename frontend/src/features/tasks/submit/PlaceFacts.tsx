import { IconAlertTriangle, IconCalendarClock } from "@tabler/icons-react";
import type { TaskPreview } from "~/api/client";
import { formatBytes, plural } from "~/lib/format";
import { formatDuration, formatTime, parseTime } from "~/lib/time";
import { KeyValue, type KeyValueItem } from "~/ui/KeyValue";
import { Quoted } from "~/ui/Quoted";
import { TickingText } from "~/ui/Ticking";
import classes from "./preview.module.css";
import { resourceFacts } from "./resourceFacts";

interface PlaceFactsProps {
  preview: TaskPreview;
  /** What the platform's queue says; undefined while it is asked. */
  forecast: TaskPreview["forecast"] | undefined;
}

/** What happens at the platform: the folder there, the code that is brought, what is asked for, when it would start. */
export function PlaceFacts({ preview, forecast }: PlaceFactsProps) {
  const items = placeItems(preview);
  return (
    <>
      {items.length > 0 && (
        <div className={classes.place}>
          <KeyValue layout="line" items={items} />
        </div>
      )}
      {forecast !== null && <ForecastWords forecast={forecast} />}
    </>
  );
}

function placeItems({ remote_root, code, setup, resources }: TaskPreview): KeyValueItem[] {
  return [
    ...(remote_root === null ? [] : [{ label: "Folder there", value: `${remote_root}/…`, isMono: true }]),
    ...(code === null
      ? []
      : [
          {
            label: "Code",
            value: `${plural(code.num_files, "file")}, ${formatBytes(code.size_bytes)} of ${code.folder}`,
          },
        ]),
    ...(setup.length === 0 ? [] : [{ label: "Setup", value: setup.join("; "), isMono: true }]),
    ...(resources === null ? [] : resourceFacts(resources)),
  ];
}

function ForecastWords({ forecast }: { forecast: TaskPreview["forecast"] | undefined }) {
  if (!forecast)
    return (
      <p className={classes.forecast} role="status">
        <IconCalendarClock size={15} aria-hidden /> Asking the queue…
      </p>
    );
  const { starts_at, words, problems } = forecast;
  return (
    <div role="status">
      {(starts_at !== null || words !== "") && (
        <p className={classes.forecast}>
          <IconCalendarClock size={15} aria-hidden />
          <span>
            {starts_at !== null && <StartsAt time={starts_at} />} <span className="dim">{words}</span>
          </span>
        </p>
      )}
      {problems.length > 0 && (
        <ul className={classes.forecastProblems} aria-label="What the queue objects to">
          {problems.map(({ message, remedy }) => (
            <li key={message}>
              <IconAlertTriangle size={15} aria-hidden />
              <span>
                <strong>
                  <Quoted text={message} />
                </strong>{" "}
                <Quoted text={remedy} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** "Would start about 2026-11-24 14:30:00, in 2h 05m." */
function StartsAt({ time }: { time: string }) {
  return (
    <>
      Would start about {formatTime(time)}, <TickingText text={(now) => leftWords(time, now)} />.
    </>
  );
}

function leftWords(time: string, now: number): string {
  const seconds = Math.round(((parseTime(time) ?? now) - now) / 1000);
  return seconds > 5 ? `in ${formatDuration(seconds)}` : "at once";
}
