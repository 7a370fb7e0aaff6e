import { formatPercent } from "~/lib/format";
import { type Status, statusTone } from "~/lib/statuses";
import classes from "./ProgressBar.module.css";

interface ProgressBarProps {
  /** 0 to 1; null when nothing is known yet. */
  fraction: number | null;
  status: Status;
  /** What progresses, for screen readers: "Progress of resnet #12". */
  label: string;
}

/** A thin bar in the colour of the status. */
export function ProgressBar({ fraction, status, label }: ProgressBarProps) {
  const done = Math.min(1, Math.max(0, fraction ?? 0));
  return (
    <div
      className={classes.track}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(done * 100)}
      aria-valuetext={fraction === null ? "not known yet" : formatPercent(done)}
    >
      <div
        className={classes.bar}
        style={{ width: `${done * 100}%`, background: `var(--${statusTone(status)})` }}
      />
    </div>
  );
}
