import { IconPinned, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Task } from "~/api/client";
import { IconAction } from "~/ui/IconAction";
import { StatusIcon } from "~/ui/StatusBadge";
import classes from "./compare.module.css";

interface CompareTableProps {
  label: string;
  tasks: readonly Task[];
  onBase: (id: number) => void;
  onRemove: (id: number) => void;
  children: ReactNode;
}

/** A table with a column per task; the first is the base that the others are set against. */
export function CompareTable({ label, tasks, onBase, onRemove, children }: CompareTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it
    <section className={classes.scroller} aria-label={label} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <td className={classes.corner} />
            {tasks.map((task, index) => (
              <th key={task.id} scope="col">
                <span className={classes.columnHead}>
                  <StatusIcon status={task.status} />
                  <Link to="/ui/tasks" search={{ task: task.id }} className={classes.link} title={task.name}>
                    <span className="dim">#{task.id}</span> {task.name}
                  </Link>
                  {index === 0 ? (
                    <span className={classes.base}>base</span>
                  ) : (
                    <IconAction label={`Make #${task.id} the base`} size="sm" onClick={() => onBase(task.id)}>
                      <IconPinned size={14} />
                    </IconAction>
                  )}
                  <IconAction label={`Take #${task.id} out`} size="sm" onClick={() => onRemove(task.id)}>
                    <IconX size={14} />
                  </IconAction>
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
