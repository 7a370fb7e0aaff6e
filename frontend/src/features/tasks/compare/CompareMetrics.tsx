import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { useMemo } from "react";
import type { Task } from "~/api/client";
import { formatExact, formatNumber } from "~/lib/format";
import { Empty } from "~/ui/Empty";
import { CompareTable } from "./CompareTable";
import classes from "./compare.module.css";
import { metricRows } from "./comparison";

interface CompareMetricsProps {
  tasks: readonly Task[];
  onBase: (id: number) => void;
  onRemove: (id: number) => void;
}

/** The last, least and greatest value of each metric, the extremes of every row marked. */
export function CompareMetrics({ tasks, onBase, onRemove }: CompareMetricsProps) {
  const rows = useMemo(() => metricRows(tasks), [tasks]);
  return (
    <>
      <CompareTable label="Metrics" tasks={tasks} onBase={onBase} onRemove={onRemove}>
        {rows.map(({ metric, summary, values, lowest, highest }) => (
          <tr key={`${metric} ${summary}`} data-first={summary === "last" || undefined}>
            <th scope="row" title={`${metric} ${summary}`}>
              {metric} <span className={classes.summary}>{summary}</span>
            </th>
            {values.map((value, index) => (
              <td key={tasks[index]?.id} className="numeric" title={formatExact(value)}>
                {formatNumber(value)}
                {lowest.has(index) && <Mark kind="lowest" />}
                {highest.has(index) && <Mark kind="highest" />}
              </td>
            ))}
          </tr>
        ))}
      </CompareTable>
      {rows.length === 0 && <Empty title="No metrics yet">These tasks have written no metric files.</Empty>}
    </>
  );
}

function Mark({ kind }: { kind: "lowest" | "highest" }) {
  const Icon = kind === "lowest" ? IconChevronDown : IconChevronUp;
  return (
    <span className={classes.mark} data-kind={kind}>
      <Icon size={13} aria-hidden />
      {kind}
    </span>
  );
}
