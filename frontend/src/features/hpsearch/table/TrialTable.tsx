import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSearchState, useTrialSelection } from "~/features/hpsearch/selection";
import type { SearchViewProps, TrialRead } from "~/features/hpsearch/types";
import { Empty } from "~/ui/Empty";
import { gridTemplate, leastWidth, trialColumns } from "./columns";
import { HeaderRow } from "./HeaderRow";
import { heldOrder, sortedTrials } from "./order";
import { gridRole, movedRow, ROW_GROUP } from "./roles";
import { ROW_HEIGHT, rowId, TrialRow } from "./TrialRow";
import { TrialTools } from "./TrialTools";
import classes from "./table.module.css";

const DEFAULT_SORT = "number";
const HEADER_HEIGHT = 32;

/** Every trial with its values, parameters, state and reason. What is brushed narrows it. */
export function TrialTable({ search, trials }: SearchViewProps) {
  const [{ sort = DEFAULT_SORT, without }, change] = useSearchState();
  const { selected, isBrushed, axes } = useTrialSelection();
  const { cost } = search;
  const platforms = search.platforms.join("\n");
  const all = useMemo(
    () => trialColumns({ cost, platforms: platforms.split("\n") }, axes),
    [cost, platforms, axes],
  );
  const columns = useMemo(() => all.filter(({ id }) => !without?.includes(id)), [all, without]);
  const kept = useMemo(
    () => (isBrushed ? trials.filter(({ number }) => selected.has(number)) : trials),
    [trials, selected, isBrushed],
  );
  const sorted = useMemo(() => sortedTrials(kept, sort, axes), [kept, sort, axes]);
  return (
    <section className={`card ${classes.root}`} aria-label="Trials">
      <TrialTools
        search={search}
        all={all}
        columns={columns}
        rows={sorted}
        numTrials={trials.length}
        onHide={(hidden) => change({ without: hidden.length > 0 ? hidden : undefined })}
      />
      {trials.length === 0 ? (
        <Empty title="No trials yet">The first ones are shown as soon as they are asked for.</Empty>
      ) : (
        <Grid
          key={sort}
          rows={sorted}
          columns={columns}
          sort={sort}
          onSort={(next) => change({ sort: next === DEFAULT_SORT ? undefined : next })}
        />
      )}
    </section>
  );
}

interface GridProps {
  rows: readonly TrialRead[];
  columns: ReturnType<typeof trialColumns>;
  sort: string;
  onSort: (sort: string) => void;
}

function Grid({ rows: sorted, columns, sort, onSort }: GridProps) {
  const { highlighted, setHighlighted, best } = useTrialSelection();
  const scroller = useRef<HTMLDivElement>(null);
  const { rows, hold } = useHeldRows(sorted);
  const template = useMemo(() => gridTemplate(columns), [columns]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
    scrollPaddingStart: HEADER_HEIGHT,
  });
  const at = rows.findIndex(({ number }) => number === highlighted);
  // What was marked in another view is looked for once; later marks are made here, where they are seen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the table appears
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "center" });
  }, []);
  const mark = useCallback(
    (number: number) => {
      setHighlighted(number);
      scroller.current?.focus({ preventScroll: true });
    },
    [setHighlighted],
  );
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return setHighlighted(null);
    const pageRows = Math.max(1, Math.floor(event.currentTarget.clientHeight / ROW_HEIGHT) - 2);
    const to = movedRow(event.key, at, rows.length, pageRows);
    const target = to === undefined ? undefined : rows[to];
    if (to === undefined || !target) return;
    event.preventDefault();
    setHighlighted(target.number);
    virtual.scrollToIndex(to);
  };
  return (
    <div
      ref={scroller}
      className={classes.scroller}
      {...gridRole("Trials", rows.length + 1, columns.length, at < 0 ? undefined : rowId(highlighted ?? 0))}
      {...{ onKeyDown, onMouseEnter: () => hold(true), onMouseLeave: () => hold(false) }}
    >
      <HeaderRow columns={columns} template={template} sort={sort} onSort={onSort} />
      <div
        className={classes.body}
        {...ROW_GROUP}
        style={{ height: virtual.getTotalSize(), minWidth: leastWidth(columns) }}
      >
        {virtual.getVirtualItems().map(({ index }) => {
          const trial = rows[index];
          return (
            trial && (
              <TrialRow
                key={trial.number}
                trial={trial}
                index={index}
                columns={columns}
                template={template}
                isBest={trial.number === best}
                isMarked={trial.number === highlighted}
                onMark={mark}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

/** Rows that keep their places while the pointer is over them, whatever comes in. */
function useHeldRows(sorted: readonly TrialRead[]) {
  const [held, setHeld] = useState<readonly number[] | null>(null);
  const rows = useMemo(() => (held ? heldOrder(held, sorted) : sorted), [held, sorted]);
  const hold = (isHeld: boolean) => setHeld(isHeld ? sorted.map(({ number }) => number) : null);
  return { rows, hold };
}
