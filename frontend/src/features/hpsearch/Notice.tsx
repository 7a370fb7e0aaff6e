import { IconAlertTriangle, IconCheck, IconInfoCircle } from "@tabler/icons-react";
import { Quoted } from "~/ui/Quoted";
import classes from "./parts.module.css";
import type { SearchRead, SearchStatus } from "./types";

const LOOKS = {
  running: { Icon: IconAlertTriangle, tone: "cancelled", title: "There is trouble" },
  paused: { Icon: IconInfoCircle, tone: "waiting", title: "Paused" },
  finished: { Icon: IconCheck, tone: "finished", title: "Finished" },
  stopped: { Icon: IconInfoCircle, tone: "cancelled", title: "Stopped" },
  failed: { Icon: IconAlertTriangle, tone: "crashed", title: "Nothing came of it" },
} satisfies Record<SearchStatus, unknown>;

/** Why a search is over, or what troubles it, in the server's words; nothing while there is nothing to say. */
export function Notice({ search: { status, reason } }: { search: Pick<SearchRead, "status" | "reason"> }) {
  if (!reason) return null;
  const { Icon, tone, title } = LOOKS[status];
  return (
    <div
      className={classes.notice}
      role={status === "failed" ? "alert" : "status"}
      style={{ background: `var(--${tone}-tint)` }}
    >
      <Icon size={16} color={`var(--${tone})`} aria-hidden />
      <p>
        {!reason.startsWith(title) && <strong>{title}. </strong>}
        <Quoted text={reason} />
      </p>
    </div>
  );
}
