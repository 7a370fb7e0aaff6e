import { IconCheck, IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import type { Search } from "~/api/client";
import classes from "./hpsearch.module.css";

const LOOKS = {
  running: { Icon: IconPlayerPlay, tone: "running" },
  finished: { Icon: IconCheck, tone: "finished" },
  stopped: { Icon: IconPlayerStop, tone: "cancelled" },
} satisfies Record<Search["status"], unknown>;

/** A search's status as icon, word and colour. */
export function SearchStatus({ status }: { status: Search["status"] }) {
  const { Icon, tone } = LOOKS[status];
  return (
    <span className={classes.badge} style={{ color: `var(--${tone})`, background: `var(--${tone}-tint)` }}>
      <Icon size={14} stroke={2} aria-hidden />
      {status}
    </span>
  );
}

/** How many trials finished, failed and still run, as a bar and in words. */
export function SearchProgress({ search }: { search: Search }) {
  const { name, n_trials, num_finished, num_failed, num_active } = search;
  const total = Math.max(1, n_trials, num_finished + num_failed + num_active);
  const ended = num_finished + num_failed;
  const words = [
    `${num_finished} finished`,
    ...(num_active > 0 ? [`${num_active} active`] : []),
    ...(num_failed > 0 ? [`${num_failed} failed`] : []),
  ].join(", ");
  return (
    <div className={classes.progress} title={`${words}, of ${n_trials}`}>
      <div
        className={classes.track}
        role="progressbar"
        aria-label={`Progress of ${name}`}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={ended}
        aria-valuetext={`${words}, of ${n_trials}`}
      >
        <div style={{ width: `${(num_finished / total) * 100}%`, background: "var(--finished)" }} />
        <div style={{ width: `${(num_failed / total) * 100}%`, background: "var(--crashed)" }} />
        <div
          style={{ width: `${(num_active / total) * 100}%`, background: "var(--running)", opacity: 0.45 }}
        />
      </div>
      <span className="numeric">
        {ended}/{n_trials}
      </span>
      {num_failed > 0 && <span className={classes.failed}>{num_failed} failed</span>}
    </div>
  );
}
