import type { Task } from "~/api/client";
import { plural } from "~/lib/format";
import { ConfirmDialog } from "~/ui/ConfirmDialog";
import classes from "./menus.module.css";
import { ACTION_RULES } from "./taskActions";

const MOST_LISTED = 8;

interface DeleteDialogProps {
  /** The ids meant, and those of their tasks that are known; null while nothing is to be deleted. */
  doomed: { ids: readonly number[]; known: readonly Task[] } | null;
  isBusy: boolean;
  onConfirm: (ids: number[]) => void;
  onCancel: () => void;
}

/** Says exactly what deleting takes away, before it does. */
export function DeleteDialog({ doomed, isBusy, onConfirm, onCancel }: DeleteDialogProps) {
  if (!doomed) return null;
  const stays = new Set(
    doomed.known.filter((task) => ACTION_RULES.delete.refusal(task) !== null).map(({ id }) => id),
  );
  const ids = doomed.ids.filter((id) => !stays.has(id));
  const listed = doomed.known.filter(({ id }) => !stays.has(id)).slice(0, MOST_LISTED);
  const what = plural(ids.length, "task");
  return (
    <ConfirmDialog
      isOpen
      isDangerous
      isBusy={isBusy}
      title={`Delete ${what}?`}
      confirmLabel={`Delete ${what}`}
      onConfirm={() => onConfirm(ids)}
      onCancel={onCancel}
    >
      <p>
        {ids.length === 1
          ? "Its row and its folder go"
          : `Their rows and their ${plural(ids.length, "folder")} go`}
        , with everything in {ids.length === 1 ? "it" : "them"}: configs, logs, metrics, checkpoints. This
        cannot be undone.
      </p>
      <ul className={classes.doomed}>
        {listed.map(({ id, name, output_path }) => (
          <li key={id}>
            {name} #{id}
            <br />
            <code className="mono dim">{output_path}</code>
          </li>
        ))}
        {ids.length > listed.length && <li>and {plural(ids.length - listed.length, "more task")}</li>}
      </ul>
      {stays.size > 0 && (
        <p>
          {plural(stays.size, "selected task")} not archived: {stays.size === 1 ? "it stays" : "they stay"}.
        </p>
      )}
    </ConfirmDialog>
  );
}
