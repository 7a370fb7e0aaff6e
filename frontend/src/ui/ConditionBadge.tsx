import {
  IconAlertTriangle,
  IconCheck,
  IconLock,
  IconPlugConnectedX,
  IconQuestionMark,
} from "@tabler/icons-react";
import type { Condition } from "~/lib/conditions";
import classes from "./StatusBadge.module.css";

const LOOKS = {
  ok: { Icon: IconCheck, word: "ok", tone: "finished" },
  degraded: { Icon: IconAlertTriangle, word: "degraded", tone: "cancelled" },
  auth_needed: { Icon: IconLock, word: "needs you", tone: "lost" },
  unreachable: { Icon: IconPlugConnectedX, word: "unreachable", tone: "crashed" },
  unseen: { Icon: IconQuestionMark, word: "not checked", tone: "waiting" },
} satisfies Record<Condition, { Icon: unknown; word: string; tone: string }>;

/** How a platform is, as icon, word and colour. */
export function ConditionBadge({ condition }: { condition: Condition }) {
  const { Icon, word, tone } = LOOKS[condition];
  return (
    <span className={classes.badge} style={{ color: `var(--${tone})`, background: `var(--${tone}-tint)` }}>
      <Icon size={14} stroke={2} aria-hidden />
      {word}
    </span>
  );
}
