import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import type { SearchRead } from "./types";
import views from "./views.module.css";

/** Why a search ended as it did, or what is in its way; nothing where there is nothing to say. */
export function ReasonNote({ search }: { search: Pick<SearchRead, "status" | "reason"> }) {
  if (!search.reason) return null;
  const isTrouble = search.status === "failed" || search.status === "running";
  const Icon = isTrouble ? IconAlertTriangle : IconInfoCircle;
  return (
    <p className={views.reason} data-trouble={isTrouble || undefined} role="status">
      <Icon size={16} aria-hidden />
      {search.reason}
    </p>
  );
}
