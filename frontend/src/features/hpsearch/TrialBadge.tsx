import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconClock,
  IconPlayerPause,
  IconPlayerPlay,
  IconScissors,
} from "@tabler/icons-react";
import classes from "./hpsearch.module.css";
import { trialTone } from "./trials";
import type { TrialRead, TrialState } from "./types";

const LOOKS = {
  running: { Icon: IconPlayerPlay, word: "running" },
  paused: { Icon: IconPlayerPause, word: "paused" },
  stopping: { Icon: IconScissors, word: "stopping…" },
  complete: { Icon: IconCheck, word: "complete" },
  stopped: { Icon: IconScissors, word: "stopped early" },
  failed: { Icon: IconAlertTriangle, word: "failed" },
  cancelled: { Icon: IconBan, word: "cancelled" },
} satisfies Record<TrialState, unknown>;

/** A trial's state as icon, word and colour; the reason stands in its title. */
export function TrialBadge({ trial }: { trial: TrialRead }) {
  const isWaiting =
    trial.state === "running" && (trial.task_status === "waiting" || trial.task_status === "submitting");
  const { Icon, word } = isWaiting ? { Icon: IconClock, word: "waiting" } : LOOKS[trial.state];
  const tone = isWaiting ? "waiting" : trialTone(trial.state);
  return (
    <span
      className={classes.badge}
      style={{ color: `var(--${tone})`, background: `var(--${tone}-tint)` }}
      title={trial.reason || undefined}
    >
      <Icon size={14} stroke={2} aria-hidden />
      {word}
      {!trial.is_feasible && ", infeasible"}
    </span>
  );
}
