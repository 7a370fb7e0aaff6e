import {
  IconAlertTriangle,
  IconCheck,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
} from "@tabler/icons-react";
import classes from "./hpsearch.module.css";
import type { SearchRead, SearchStatus as Status } from "./types";

const LOOKS = {
  running: { Icon: IconPlayerPlay, tone: "running" },
  paused: { Icon: IconPlayerPause, tone: "waiting" },
  finished: { Icon: IconCheck, tone: "finished" },
  stopped: { Icon: IconPlayerStop, tone: "cancelled" },
  failed: { Icon: IconAlertTriangle, tone: "crashed" },
} satisfies Record<Status, unknown>;

/** A search's status as icon, word and colour; the reason stands in its title. */
export function SearchStatus({ search }: { search: Pick<SearchRead, "status" | "reason"> }) {
  const { Icon, tone } = LOOKS[search.status];
  return (
    <span
      className={classes.badge}
      style={{ color: `var(--${tone})`, background: `var(--${tone}-tint)` }}
      title={search.reason || undefined}
    >
      <Icon size={14} stroke={2} aria-hidden />
      {search.status}
    </span>
  );
}
