import { Anchor } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { type NavigateOptions, useBlocker, useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { plural } from "~/lib/format";
import { ConfirmDialog } from "~/ui/ConfirmDialog";
import { notify } from "~/ui/notify";
import { useChangeSearch } from "~/ui/useChangeSearch";
import type { Launched } from "./SubmitForm";

const SubmitDialog = lazy(() =>
  import("./SubmitDialog").then((module) => ({ default: module.SubmitDialog })),
);

/** What the URL says about the dialog, on every page. */
interface DialogSearch {
  submit?: true;
  clone?: number;
}

/** Opens the dialog when the URL says `submit=1` or `clone=ID`, or on the key `n`; asks before edits are lost. */
export function SubmitHost() {
  const { submit, clone } = useSearch({ strict: false });
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [isDirty, setIsDirty] = useState(false);
  const isLaunched = useRef(false);
  const isOpen = submit === true || clone !== undefined;

  const blocker = useBlocker({
    shouldBlockFn: ({ next }) => isOpen && isDirty && !isLaunched.current && !staysOpen(next.search),
    enableBeforeUnload: () => isOpen && isDirty && !isLaunched.current,
    withResolver: true,
  });

  const change = useChangeSearch<DialogSearch>();
  const show = (changes: DialogSearch) =>
    change({ submit: undefined, clone: undefined, ...changes }, { isStep: true });
  useHotkeys([
    ["n", () => !isOpen && document.querySelector("[aria-modal=true]") === null && show({ submit: true })],
  ]);

  useFocusReturn(isOpen);

  const onLaunched = (result: Launched) => {
    isLaunched.current = true;
    const { text, place } = resultOf(result);
    void cache.invalidateQueries({ queryKey: ["get"] });
    const open = () => void navigate(place);
    void navigate(place).then(() => {
      isLaunched.current = false;
      setIsDirty(false);
    });
    notify(
      "success",
      text,
      <Anchor component="button" type="button" size="sm" onClick={open}>
        Show it
      </Anchor>,
    );
  };

  if (!isOpen) return null;
  return (
    <>
      <Suspense>
        <SubmitDialog
          key={clone ?? "new"}
          cloneOf={clone}
          onClose={() => show({})}
          onLaunched={onLaunched}
          onDirty={setIsDirty}
        />
      </Suspense>
      {/* Mounted when needed: of two dialogs the later one is on top. */}
      {blocker.status === "blocked" && (
        <ConfirmDialog
          isOpen
          title="Throw away what you wrote?"
          confirmLabel="Throw away"
          isDangerous
          onCancel={() => blocker.reset()}
          onConfirm={() => blocker.proceed()}
        >
          Your edits were not launched, and are not saved anywhere.
        </ConfirmDialog>
      )}
    </>
  );
}

/** Gives the focus back to where it was before the dialog opened. */
function useFocusReturn(isOpen: boolean) {
  useEffect(() => {
    if (!isOpen) return;
    const opener = document.activeElement;
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, [isOpen]);
}

function staysOpen(search: unknown): boolean {
  return typeof search === "object" && search !== null && ("submit" in search || "clone" in search);
}

/** The toast, and the view that shows what was launched: the task, the search's tasks, or a search that has none yet. */
function resultOf({ tasks, search }: Launched): { text: string; place: NavigateOptions } {
  const [first] = tasks;
  if (!search) {
    const text = `#${first?.id ?? ""} ${first?.name ?? ""} submitted`;
    return { text, place: { to: "/ui/tasks", search: { task: first?.id } } };
  }
  if (!first) {
    const params = { id: String(search.id) };
    return { text: `${search.name} started`, place: { to: "/ui/searches/$id", params } };
  }
  const text = `${search.name}: ${plural(tasks.length, "task")} submitted`;
  return { text, place: { to: "/ui/tasks", search: { search_id: [search.id] } } };
}
