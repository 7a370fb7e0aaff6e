import { Button, Group, Modal } from "@mantine/core";
import type { ActionResult } from "~/api/client";
import { plural } from "~/lib/format";
import classes from "./menus.module.css";
import { ACTION_RULES, type TaskAction } from "./taskActions";

export interface Failures {
  action: TaskAction;
  failed: readonly ActionResult[];
  /** Tasks that were asked for. */
  total: number;
}

/** Which tasks an action failed for, and why each. */
export function ActionFailures({ failures, onClose }: { failures: Failures | null; onClose: () => void }) {
  if (!failures) return null;
  const { action, failed, total } = failures;
  const title = `${ACTION_RULES[action].label} failed for ${failed.length === total ? plural(total, "task") : `${failed.length} of ${plural(total, "task")}`}`;
  return (
    <Modal opened onClose={onClose} title={title}>
      {failed.length < total && <p>The others are done.</p>}
      <ul className={classes.failures}>
        {failed.map(({ id, message }) => (
          <li key={id}>
            <a href={`/ui/tasks?task=${id}`}>#{id}</a> {message}
          </li>
        ))}
      </ul>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose} data-autofocus>
          Close
        </Button>
      </Group>
    </Modal>
  );
}
