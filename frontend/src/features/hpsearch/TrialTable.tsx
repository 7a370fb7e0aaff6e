import { Button } from "@mantine/core";
import { IconTrophy } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { memo, useMemo, useState } from "react";
import { formatExact, formatNumber, NOTHING, plural } from "~/lib/format";
import { StatusBadge } from "~/ui/StatusBadge";
import classes from "./hpsearch.module.css";
import { SortHeader } from "./SortHeader";
import { axisValue, type Judgement, sortedRows, type TrialRow } from "./trials";

interface TrialTableProps {
  rows: readonly TrialRow[];
  params: readonly string[];
  judgement: Judgement;
  best: number | null;
  marked: number | undefined;
  sort: string;
  onSort: (sort: string) => void;
}

const FIRST_ROWS = 200;

/** Every trial with its parameters, status and the metric it is judged by. */
export function TrialTable({ rows, params, judgement, best, marked, sort, onSort }: TrialTableProps) {
  const [areAllShown, setAreAllShown] = useState(false);
  const sorted = useMemo(() => sortedRows(rows, sort), [rows, sort]);
  const shown = areAllShown ? sorted : sorted.slice(0, FIRST_ROWS);
  const order = { sort, onSort };
  const { metric, summary } = judgement;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it
    <section className={classes.scroller} aria-label="Trials" tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <SortHeader sortKey="number" {...order} isNumeric>
              Trial
            </SortHeader>
            <th scope="col">Task</th>
            <SortHeader sortKey="status" {...order}>
              Status
            </SortHeader>
            {params.map((param) => (
              <SortHeader key={param} sortKey={`params.${param}`} {...order} isNumeric>
                {param}
              </SortHeader>
            ))}
            {metric !== null && summary !== "last" && (
              <SortHeader sortKey="last" {...order} isNumeric>
                {metric} last
              </SortHeader>
            )}
            {metric !== null && (
              <SortHeader sortKey="value" {...order} isNumeric>
                {metric} {summary}
              </SortHeader>
            )}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <Row
              key={row.trial.number}
              {...row}
              params={params}
              judgement={judgement}
              isBest={row.trial.number === best}
              isMarked={row.trial.number === marked}
            />
          ))}
        </tbody>
      </table>
      {shown.length < sorted.length && (
        <Button variant="subtle" size="compact-sm" m="xs" onClick={() => setAreAllShown(true)}>
          Show {plural(sorted.length - shown.length, "more trial")}
        </Button>
      )}
    </section>
  );
}

interface RowProps extends TrialRow {
  params: readonly string[];
  judgement: Judgement;
  isBest: boolean;
  isMarked: boolean;
}

const Row = memo(function Row({ trial, task, value, last, params, judgement, isBest, isMarked }: RowProps) {
  const status = task?.status ?? trial.task_status;
  return (
    <tr data-marked={isMarked || undefined} data-best={isBest || undefined}>
      <td data-numeric>{trial.number}</td>
      <td className={classes.nameCell}>
        {trial.task_id === null ? (
          <span className="dim">deleted</span>
        ) : (
          <Link to="/ui/tasks" search={{ task: trial.task_id }} className={classes.link}>
            {task?.name ?? trial.task_name ?? `#${trial.task_id}`}
          </Link>
        )}
      </td>
      <td>{status ? <StatusBadge status={status} title={task?.reason} /> : NOTHING}</td>
      {params.map((param) => (
        <td key={param} data-numeric>
          <Value value={axisValue(trial.params[param])} />
        </td>
      ))}
      {judgement.metric !== null && judgement.summary !== "last" && (
        <td data-numeric>
          <Value value={last} />
        </td>
      )}
      {judgement.metric !== null && (
        <td data-numeric>
          {isBest && <IconTrophy className={classes.trophy} size={14} role="img" aria-label="Best" />}
          <Value value={value} />
        </td>
      )}
    </tr>
  );
});

function Value({ value }: { value: number | string | null }) {
  if (typeof value === "string") return <>{value}</>;
  return <span title={value === null ? undefined : formatExact(value)}>{formatNumber(value)}</span>;
}
