import { Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useMemo } from "react";
import { api, http } from "~/api/client";
import { normalised } from "~/api/errors";
import { Empty } from "~/ui/Empty";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingBlock } from "~/ui/Loading";
import { type Launched, SubmitForm } from "./SubmitForm";

interface SubmitDialogProps {
  /** The task to run again; undefined for a new one. */
  cloneOf?: number;
  onClose: () => void;
  onLaunched: (result: Launched) => void;
  onDirty: (isDirty: boolean) => void;
}

const STYLES = {
  content: { display: "flex", flexDirection: "column" },
  header: { minHeight: 48, padding: "8px 16px" },
  title: { fontWeight: 600, fontSize: 15 },
  body: { display: "flex", flex: 1, flexDirection: "column", minHeight: 0, padding: 0 },
} as const;

/** The dialog that launches something new, or a task again. */
export function SubmitDialog({ cloneOf, ...props }: SubmitDialogProps) {
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={cloneOf === undefined ? "New task" : `Run #${cloneOf} again`}
      size={1080}
      yOffset={28}
      closeOnEscape={false}
      onKeyDown={(event) => isClosing(event) && props.onClose()}
      styles={STYLES}
    >
      {cloneOf === undefined ? (
        <SubmitForm original={null} {...props} />
      ) : (
        <CloneForm id={cloneOf} {...props} />
      )}
    </Modal>
  );
}

/** Esc closes, but in the editor it lets Tab leave, and over an open list it closes that. */
function isClosing(event: KeyboardEvent): boolean {
  if (event.key !== "Escape" || event.defaultPrevented || !(event.target instanceof HTMLElement))
    return false;
  const isTaken = event.target.getAttribute("data-mantine-stop-propagation") === "true";
  return !isTaken && event.target.closest(".cm-editor, [role=alertdialog]") === null;
}

function CloneForm({ id, ...props }: Omit<SubmitDialogProps, "cloneOf"> & { id: number }) {
  const task = api.useQuery("get", "/tasks/{task_id}", { params: { path: { task_id: id } } });
  const config = useQuery({
    queryKey: ["clone", id],
    queryFn: async ({ signal }) => {
      const { data } = await http.GET("/tasks/{task_id}/config", {
        params: { path: { task_id: id } },
        parseAs: "text",
        signal,
      });
      return data ?? "";
    },
    retry: false,
  });
  // A live patch of the task must not begin the form anew.
  const isRead = task.isSuccess && !config.isPending;
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once
  const original = useMemo(() => (task.data ? { task: task.data, text: config.data ?? "" } : null), [isRead]);
  if (task.error) return <ErrorNote title={`#${id} cannot be cloned`} message={task.error.message} />;
  if (!isRead || !original) return <LoadingBlock height={480} label={`Reading #${id}`} />;
  return (
    <>
      {config.error && (
        <Empty title="Its config cannot be read">{normalised(config.error).message} Write it anew.</Empty>
      )}
      <SubmitForm original={original} {...props} />
    </>
  );
}
