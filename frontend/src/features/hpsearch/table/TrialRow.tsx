import { memo } from "react";
import { useIsHovered } from "~/features/hpsearch/selection";
import type { TrialRead } from "~/features/hpsearch/types";
import { TrialCell } from "./cells";
import type { TrialColumn } from "./columns";
import { cellRole, rowRole } from "./roles";
import classes from "./table.module.css";

export const ROW_HEIGHT = 34;
export const rowId = (number: number) => `trial-row-${number}`;

interface TrialRowProps {
  trial: TrialRead;
  /** Where it is among the rows. */
  index: number;
  columns: readonly TrialColumn[];
  template: string;
  isBest: boolean;
  isMarked: boolean;
  onMark: (number: number) => void;
}

/** One trial. Drawn again only when it is another, or marked. */
export const TrialRow = memo(function TrialRow(props: TrialRowProps) {
  const { trial, index, columns, template, isBest, isMarked, onMark } = props;
  const [isHovered, setHovered] = useIsHovered(trial.number);
  return (
    <div
      id={rowId(trial.number)}
      className={classes.row}
      data-trial={trial.number}
      data-marked={isMarked || undefined}
      data-hovered={isHovered || undefined}
      data-best={isBest || undefined}
      {...rowRole(index + 2, isMarked)}
      style={{ gridTemplateColumns: template, transform: `translateY(${index * ROW_HEIGHT}px)` }}
      // The grid has the keys: see its onKeyDown.
      {...{
        onClick: () => onMark(trial.number),
        onMouseEnter: () => setHovered(true),
        onMouseLeave: () => setHovered(false),
      }}
    >
      {columns.map((column, at) => (
        <div
          key={column.id}
          className={classes.cell}
          data-numeric={column.isNumeric || undefined}
          {...cellRole(at + 1)}
        >
          <TrialCell column={column} trial={trial} isBest={isBest} />
        </div>
      ))}
    </div>
  );
});
