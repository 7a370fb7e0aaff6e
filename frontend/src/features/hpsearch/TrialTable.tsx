import { Checkbox, Menu } from "@mantine/core";
import { IconColumns3, IconDownload, IconTrophy } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useMemo, useRef } from "react";
import { formatExact, formatNumber, NOTHING, plural } from "~/lib/format";
import { formatDuration } from "~/lib/time";
import { Empty } from "~/ui/Empty";
import { IconAction } from "~/ui/IconAction";
import { type Axis, axisValue } from "./axes";
import classes from "./hpsearch.module.css";
import { SortHeader } from "./SortHeader";
import { DEFAULT_TRIAL_SORT, sortedTrials } from "./searchOrder";
import { useIsHovered, useSearchState, useTrialSelection } from "./selection";
import { TrialStateBadge } from "./TrialStateBadge";
import type { SearchViewProps, TrialRead } from "./types";
import views from "./views.module.css";

const ROW_HEIGHT = 33;
const OVERSCAN = 12;

/** Every trial with its values; what is brushed elsewhere is what is listed. */
export function TrialTable({ search, trials }: SearchViewProps) {
  const [state, change] = useSearchState();
  const { axes, selected, isBrushed, clear } = useTrialSelection();
  const sort = state.sort ?? DEFAULT_TRIAL_SORT;
  const hidden = state.without ?? [];
  const columns = useMemo(() => tableAxes(axes, search.cost !== null), [axes, search.cost]);
  const shown = useMemo(() => columns.filter(({ id }) => !hidden.includes(id)), [columns, hidden]);
  const rows = useMemo(
    () =>
      sortedTrials(
        trials.filter(({ number }) => selected.has(number)),
        sort,
        axes,
      ),
    [trials, selected, sort, axes],
  );
  if (trials.length === 0)
    return <Empty title="No trial yet">The first one starts as soon as there is a free slot.</Empty>;
  const onSort = (next: string) => change({ sort: next === DEFAULT_TRIAL_SORT ? undefined : next });
  const onToggle = (id: string) => {
    const next = hidden.includes(id) ? hidden.filter((one) => one !== id) : [...hidden, id];
    change({ without: next.length > 0 ? next : undefined });
  };
  return (
    <section className={`card ${views.trials}`} aria-label="Trials">
      <div className={views.trialsHead}>
        <span className="dim">{plural(rows.length, "trial")}</span>
        {isBrushed && (
          <button type="button" className={views.clear} onClick={clear}>
            of {trials.length}: clear the brush
          </button>
        )}
        <span className={classes.spacer} />
        <a
          className={classes.tasksLink}
          href={`/tasks/export?format=csv&search_id=${search.id}`}
          download={`${search.name}.csv`}
        >
          <IconDownload size={15} aria-hidden />
          CSV
        </a>
        <ColumnChoice columns={columns} hidden={hidden} onToggle={onToggle} />
      </div>
      <TrialRows rows={rows} columns={shown} sort={sort} onSort={onSort} />
    </section>
  );
}

/** Objectives first, then parameters, then what a trial took. */
function tableAxes(axes: readonly Axis[], hasCost: boolean): Axis[] {
  const rank = { objective: 0, param: 1, fact: 2 };
  return axes
    .filter(({ id }) => id !== "number" && (hasCost || id !== "cost"))
    .toSorted((a, b) => rank[a.kind] - rank[b.kind]);
}

interface TrialRowsProps {
  rows: readonly TrialRead[];
  columns: readonly Axis[];
  sort: string;
  onSort: (sort: string) => void;
}

/** Only the rows in sight are in the page; above and below them stands one row as high as the others together. */
function TrialRows({ rows, columns, sort, onSort }: TrialRowsProps) {
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const order = { sort, onSort };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it
    <section ref={scroller} className={classes.scroller} aria-label="Rows of trials" tabIndex={0}>
      <table className={classes.table} aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <SortHeader sortKey="number" {...order} isNumeric>
              Trial
            </SortHeader>
            <SortHeader sortKey="state" {...order}>
              State
            </SortHeader>
            {columns.map(({ id, label }) => (
              <SortHeader key={id} sortKey={id} {...order} isNumeric>
                {label}
              </SortHeader>
            ))}
            <SortHeader sortKey="platform" {...order}>
              Platform
            </SortHeader>
            <th scope="col">Task</th>
            <SortHeader sortKey="reason" {...order}>
              Why
            </SortHeader>
          </tr>
        </thead>
        <tbody>
          <Spacer height={before} />
          {items.map(({ index }) => {
            const trial = rows[index];
            return trial && <Row key={trial.number} trial={trial} columns={columns} index={index} />;
          })}
          <Spacer height={after} />
        </tbody>
      </table>
    </section>
  );
}

function Spacer({ height }: { height: number }) {
  return height > 0 ? <tr aria-hidden className={views.gap} style={{ height }} /> : null;
}

const Row = memo(function Row({
  trial,
  columns,
  index,
}: {
  trial: TrialRead;
  columns: readonly Axis[];
  index: number;
}) {
  const { best, highlighted, setHighlighted } = useTrialSelection();
  const [isHovered, setIsHovered] = useIsHovered(trial.number);
  const isMarked = highlighted === trial.number;
  return (
    <tr
      aria-rowindex={index + 2}
      data-best={trial.number === best || undefined}
      data-marked={isMarked || undefined}
      data-hovered={isHovered || undefined}
      onPointerEnter={() => setIsHovered(true)}
      onPointerLeave={() => setIsHovered(false)}
    >
      <td data-numeric>
        {trial.number === best && (
          <IconTrophy className={classes.trophy} size={14} role="img" aria-label="Best" />
        )}
        <button
          type="button"
          className={views.mark}
          aria-pressed={isMarked}
          aria-label={`Mark trial ${trial.number} in every view`}
          onClick={() => setHighlighted(isMarked ? null : trial.number)}
        >
          {trial.number}
        </button>
      </td>
      <td>
        <TrialStateBadge state={trial.state} />
      </td>
      {columns.map((axis) => (
        <td key={axis.id} data-numeric>
          <Value trial={trial} axis={axis} />
        </td>
      ))}
      <td>{trial.platform}</td>
      <td className={classes.textCell}>
        <Tasks trial={trial} />
      </td>
      <td className={views.whyCell} title={trial.reason}>
        {trial.reason || <span className="dim">{NOTHING}</span>}
      </td>
    </tr>
  );
});

function Tasks({ trial }: { trial: TrialRead }) {
  if (trial.tasks.length === 0) return <span className="dim">deleted</span>;
  return trial.tasks.map(({ task_id, name }) => (
    <Link key={task_id} to="/ui/tasks" search={{ task: task_id }} className={classes.link} title={name}>
      #{task_id}{" "}
    </Link>
  ));
}

function Value({ trial, axis }: { trial: TrialRead; axis: Axis }) {
  const value = axisValue(trial, axis);
  if (value === null) return <span className="dim">{NOTHING}</span>;
  if (typeof value === "string") return value;
  if (axis.id === "duration") return formatDuration(value);
  return <span title={formatExact(value)}>{formatNumber(value)}</span>;
}

function ColumnChoice(props: {
  columns: readonly Axis[];
  hidden: readonly string[];
  onToggle: (id: string) => void;
}) {
  return (
    <Menu closeOnItemClick={false} position="bottom-end">
      <Menu.Target>
        <IconAction label="Choose columns" size="sm">
          <IconColumns3 size={16} />
        </IconAction>
      </Menu.Target>
      <Menu.Dropdown>
        {props.columns.map(({ id, label }) => (
          <Menu.Item
            key={id}
            role="menuitemcheckbox"
            aria-checked={!props.hidden.includes(id)}
            onClick={() => props.onToggle(id)}
          >
            <Checkbox
              size="xs"
              readOnly
              tabIndex={-1}
              aria-hidden
              checked={!props.hidden.includes(id)}
              label={label}
            />
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
