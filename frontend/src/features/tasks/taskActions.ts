import type { Task } from "~/api/client";
import { isActive, type Status, statusWord } from "~/lib/statuses";

/** What a user can do to tasks and the server may refuse. */
export const TASK_ACTIONS = ["resume", "cancel", "archive", "unarchive", "delete"] as const;
export type TaskAction = (typeof TASK_ACTIONS)[number];

/** What of a task decides. */
export type ActionFacts = Pick<Task, "status" | "is_archived" | "is_stopping">;

interface ActionRule {
  /** On the button. */
  label: string;
  /** "3 tasks cancelled" */
  done: string;
  /** Why not for this task; null when it may be done. The server has the last word. */
  refusal: (task: ActionFacts) => string | null;
}

/** May what be done in which status: the server's rules, so that buttons can say beforehand what it would say after. */
export const ACTION_RULES: Record<TaskAction, ActionRule> = {
  resume: {
    label: "Resume",
    done: "resumed",
    refusal: ({ status, is_archived }) => {
      if (isActive(status)) return `it is ${statusWord(status)}; cancel it first, or let it end`;
      return is_archived ? "it is archived; unarchive it first" : null;
    },
  },
  cancel: {
    label: "Cancel",
    done: "asked to stop",
    refusal: ({ status, is_stopping }) => {
      if (!isActive(status)) return `it is ${statusWord(status)} already`;
      return is_stopping ? "it is being stopped already" : null;
    },
  },
  archive: {
    label: "Archive",
    done: "archived",
    refusal: ({ status, is_archived }) => {
      if (is_archived) return "it is archived already";
      return isActive(status) ? `it is ${statusWord(status)}; cancel it before archiving it` : null;
    },
  },
  unarchive: {
    label: "Unarchive",
    done: "back in the list",
    refusal: ({ is_archived }) => (is_archived ? null : "it is not archived"),
  },
  delete: {
    label: "Delete",
    done: "deleted",
    refusal: ({ is_archived }) => (is_archived ? null : "only archived tasks can be deleted"),
  },
};

/** How many of the selected an action is for. */
export interface Eligibility {
  /** Tasks it would do something to; unknown ones count, for the server decides about them. */
  count: number;
  total: number;
  /** Why it is for none of them; null when there is one. */
  refusal: string | null;
}

/** For tasks that are known, and `unknown` more that are selected but were never loaded. */
export function eligibility(action: TaskAction, known: readonly ActionFacts[], unknown = 0): Eligibility {
  const refusals = known.map(ACTION_RULES[action].refusal);
  const count = refusals.filter((refusal) => refusal === null).length + unknown;
  return { count, total: known.length + unknown, refusal: count > 0 ? null : commonRefusal(refusals) };
}

/** The same when only the statuses of the selected are known, such as for a whole filter. */
export function eligibilityOfCounts(
  action: TaskAction,
  counts: readonly { status: Status; num_tasks: number }[],
  isArchived: boolean,
): Eligibility {
  const { refusal } = ACTION_RULES[action];
  const refusals = counts
    .filter(({ num_tasks }) => num_tasks > 0)
    .map(({ status, num_tasks }) => ({
      num_tasks,
      refusal: refusal({ status, is_archived: isArchived, is_stopping: false }),
    }));
  const total = refusals.reduce((sum, { num_tasks }) => sum + num_tasks, 0);
  const refused = refusals.filter((one) => one.refusal !== null);
  const count = total - refused.reduce((sum, { num_tasks }) => sum + num_tasks, 0);
  return { count, total, refusal: count > 0 ? null : commonRefusal(refused.map((one) => one.refusal)) };
}

function commonRefusal(refusals: readonly (string | null)[]): string {
  const first = refusals.find((refusal) => refusal !== null) ?? "nothing is selected";
  if (refusals.length <= 1) return first;
  const isOne = refusals.every((refusal) => refusal === first);
  return isOne ? first.replace(/^it is/, "they are") : "not possible for any of the selected";
}

/** The actions a single task's panel offers, the likeliest first. */
export function offeredActions(task: ActionFacts): TaskAction[] {
  if (task.is_archived) return ["unarchive", "delete"];
  return isActive(task.status) ? ["cancel"] : ["resume", "archive"];
}
