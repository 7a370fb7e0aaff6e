import { useEffect, useRef } from "react";

/** A key for the whole page; keys that something else takes, such as a text field or an open menu, are left to it. */
export function useShortcut(key: string, act: () => void): void {
  const action = useRef(act);
  action.current = act;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== key || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey)
        return;
      if (isTaken(event.target)) return;
      event.preventDefault();
      action.current();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [key]);
}

const TAKERS =
  "input:not([type=checkbox]), textarea, select, [contenteditable=true], .cm-editor, [role=menu], [role=listbox], [role=dialog], [role=alertdialog], [role=img]";

function isTaken(target: EventTarget | null): boolean {
  if (document.querySelector("[role=dialog], [role=alertdialog]")) return true;
  return target instanceof Element && target.closest(TAKERS) !== null;
}
