import { useChangeSearch } from "~/ui/useChangeSearch";

/** Opens the dialog to launch something, filled in from a task. */
export function useOpenClone(): (taskId: number | undefined) => void {
  const change = useChangeSearch<{ clone?: number; submit?: true }>();
  return (clone) => change({ clone, submit: undefined }, { isStep: true });
}
