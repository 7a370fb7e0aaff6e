import {
  IconCheck,
  IconLoader,
  IconPlayerPause,
  IconPlayerPlay,
  IconScissors,
  IconSlash,
  IconX,
} from "@tabler/icons-react";
import classes from "./hpsearch.module.css";
import { trialTone } from "./trials";
import type { TrialState } from "./types";

const ICONS = {
  running: IconPlayerPlay,
  paused: IconPlayerPause,
  stopping: IconLoader,
  complete: IconCheck,
  stopped: IconScissors,
  failed: IconX,
  cancelled: IconSlash,
} satisfies Record<TrialState, unknown>;

/** A trial's state as icon, word and colour. */
export function TrialStateBadge({ state }: { state: TrialState }) {
  const Icon = ICONS[state];
  const tone = trialTone(state);
  return (
    <span className={classes.badge} style={{ color: `var(--${tone})`, background: `var(--${tone}-tint)` }}>
      <Icon size={13} stroke={2} aria-hidden />
      {state}
    </span>
  );
}
