import type { ShownColumn } from "./gridColumns";
import classes from "./TaskGrid.module.css";
import { ROW_HEIGHT } from "./TaskRow";

interface GhostRowProps {
  index: number;
  columns: readonly ShownColumn[];
  template: string;
}

/** A row in the place of a task that is on its way. */
export function GhostRow({ index, columns, template }: GhostRowProps) {
  return (
    <div
      className={classes.row}
      role="presentation"
      style={{ transform: `translateY(${index * ROW_HEIGHT}px)`, gridTemplateColumns: template }}
    >
      <span />
      {columns.map(({ id }, at) => (
        <span key={id} className={classes.cell}>
          <span className={classes.ghost} style={{ width: `${40 + ((index * 31 + at * 47) % 50)}%` }} />
        </span>
      ))}
    </div>
  );
}

/** The table before its first answer. */
export function GhostRows({ columns, template }: Omit<GhostRowProps, "index">) {
  return (
    <div
      role="status"
      aria-label="Loading the tasks"
      style={{ position: "relative", flex: 1, overflow: "hidden" }}
    >
      <div className={classes.header} />
      {Array.from({ length: 30 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: grey rows have no other identity
        <GhostRow key={index} index={index} columns={columns} template={template} />
      ))}
    </div>
  );
}
