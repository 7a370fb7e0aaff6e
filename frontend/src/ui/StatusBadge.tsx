import {
  IconAlertOctagon,
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconClock,
  IconHourglass,
  IconPlayerEject,
  IconPlayerPlay,
  IconQuestionMark,
  IconScissors,
  IconSend,
} from "@tabler/icons-react";
import { type Status, statusTone, statusWord } from "~/lib/statuses";
import classes from "./StatusBadge.module.css";

const ICONS = {
  waiting: IconClock,
  submitting: IconSend,
  running: IconPlayerPlay,
  finished: IconCheck,
  crashed: IconAlertTriangle,
  cancelled: IconBan,
  pruned: IconScissors,
  failed_to_start: IconAlertOctagon,
  timed_out: IconHourglass,
  preempted: IconPlayerEject,
  lost: IconQuestionMark,
} satisfies Record<Status, unknown>;

/** The status' icon in its colour; decorative, so always beside the word or a name. */
export function StatusIcon({ status, size = 14 }: { status: Status; size?: number }) {
  const Icon = ICONS[status];
  return <Icon size={size} stroke={2} color={`var(--${statusTone(status)})`} aria-hidden />;
}

interface StatusBadgeProps {
  status: Status;
  /** Says the reason on hover. */
  title?: string | null;
  /** Instead of the status' own word: "stopping…". */
  label?: string;
}

/** A status as icon, word and colour. */
export function StatusBadge({ status, title, label }: StatusBadgeProps) {
  const tone = statusTone(status);
  return (
    <span
      className={classes.badge}
      style={{ color: `var(--${tone})`, background: `var(--${tone}-tint)` }}
      title={title ?? undefined}
    >
      <StatusIcon status={status} />
      {label ?? statusWord(status)}
    </span>
  );
}
