import { useBlocker } from "@tanstack/react-router";
import type { RefObject } from "react";
import { ConfirmDialog } from "~/ui/ConfirmDialog";

interface LeaveGuardProps {
  isDirty: boolean;
  /** Whether it was saved, so that leaving loses nothing. */
  isDone: RefObject<boolean>;
}

/** Asks before a form with edits is left. */
export function LeaveGuard({ isDirty, isDone }: LeaveGuardProps) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      isDirty && !isDone.current && formOf(next.search) !== formOf(current.search),
    enableBeforeUnload: () => isDirty && !isDone.current,
    withResolver: true,
  });
  if (blocker.status !== "blocked") return null;
  return (
    <ConfirmDialog
      isOpen
      title="Throw away these settings?"
      confirmLabel="Throw away"
      isDangerous
      onCancel={() => blocker.reset()}
      onConfirm={() => blocker.proceed()}
    >
      They were not saved.
    </ConfirmDialog>
  );
}

/** Which form a URL's search is about; a dialog over the form changes nothing of that. */
function formOf(search: object): string {
  const { add, edit }: { add?: unknown; edit?: unknown } = search;
  return `${String(add)} ${String(edit)}`;
}
