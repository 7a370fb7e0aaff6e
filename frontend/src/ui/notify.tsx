import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCheck, IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";

type Kind = "success" | "error" | "info";

const LOOKS = {
  success: { icon: <IconCheck size={16} aria-hidden />, color: "teal.9", autoClose: 4000 },
  info: { icon: <IconInfoCircle size={16} aria-hidden />, color: "indigo", autoClose: 6000 },
  error: { icon: <IconAlertTriangle size={16} aria-hidden />, color: "red.9", autoClose: false },
} as const;

/** A message in the corner. Errors stay until closed; `id` replaces an earlier one of the same id. */
export function notify(kind: Kind, title: string, message?: ReactNode, id?: string): void {
  if (id) notifications.hide(id);
  notifications.show({
    ...LOOKS[kind],
    id,
    title,
    message: message ?? "",
    role: kind === "error" ? "alert" : "status",
    closeButtonProps: { "aria-label": "Close this message" },
  });
}
