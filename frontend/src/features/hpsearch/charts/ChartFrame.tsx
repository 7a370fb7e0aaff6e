import { IconTable } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { ViewHead } from "~/features/hpsearch/explore/ViewHead";
import { IconAction } from "~/ui/IconAction";
import { ChartTable, type TableData } from "./ChartTable";
import classes from "./charts.module.css";

interface ChartFrameProps {
  title: string;
  numTrials: number;
  /** Choices of the chart, beside its title. */
  tools?: ReactNode;
  legend?: ReactNode;
  /** Short remarks below. */
  notes?: readonly string[];
  /** The same as text; made when asked for. Without it there is nothing to show yet. */
  table: (() => TableData) | null;
  children: ReactNode;
}

/** A view's card: its head with choices, the chart or the same as a table, legend and notes. */
export function ChartFrame({
  title,
  numTrials,
  tools,
  legend,
  notes = [],
  table,
  children,
}: ChartFrameProps) {
  const [isTable, setIsTable] = useState(false);
  const shown = isTable && table ? table() : null;
  return (
    <section className={`card ${classes.frame}`} aria-label={title}>
      <ViewHead title={title} count={numTrials}>
        {tools}
        {table && (
          <IconAction
            label={`${title} as a table`}
            size="sm"
            isPressed={isTable}
            onClick={() => setIsTable(!isTable)}
          >
            <IconTable size={15} />
          </IconAction>
        )}
      </ViewHead>
      {legend && <div className={classes.legend}>{legend}</div>}
      {shown ? <ChartTable title={title} {...shown} /> : children}
      {notes.length > 0 && <p className={classes.notes}>{notes.join(" · ")}</p>}
    </section>
  );
}
