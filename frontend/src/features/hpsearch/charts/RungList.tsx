import { IconArrowUpRight, IconScissors } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, useId, useRef, useState } from "react";
import { useIsHovered, useTrialSelection } from "~/features/hpsearch/selection";
import { formatExact, formatNumber } from "~/lib/format";
import classes from "./charts.module.css";
import { type Rung, type RungEntry, rungSummary } from "./rungBrackets";

const ROW_HEIGHT = 24;
/** The half row says that there are more. */
const MOST_ROWS = 16.5;

/** One rung: its trials from the best on, of thousands only those in view. Arrow keys move, Enter opens a trial. */
export function RungList({ rung }: { rung: Rung }) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const { highlighted, setHighlighted, selected } = useTrialSelection();
  const [active, setActive] = useState<number | null>(null);
  const { entries } = rung;
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => entries[index]?.number ?? index,
    overscan: 8,
  });
  const at = entries.findIndex(({ number }) => number === active);
  const open = (number: number) => setHighlighted(number === highlighted ? null : number);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && active !== null) return open(active);
    const next = steppedRow(at, entries.length, event.key);
    if (next === undefined) return;
    event.preventDefault();
    setActive(entries[next]?.number ?? null);
    rows.scrollToIndex(next);
  };
  const isDrawn = rows.getVirtualItems().some(({ index }) => index === at);
  return (
    <div className={classes.rung}>
      <header className={classes.rungHead}>
        <h3 className={classes.rungTitle}>Epoch {rung.epoch}</h3>
        <span className="dim numeric">{rungSummary(rung)}</span>
      </header>
      <div
        ref={scroller}
        className={classes.rungScroller}
        style={{ height: ROW_HEIGHT * Math.min(MOST_ROWS, entries.length) }}
        role="listbox"
        aria-label={`Bracket ${rung.bracket}, trials at epoch ${rung.epoch}, best first`}
        aria-activedescendant={isDrawn ? `${id}-${active}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div style={{ height: rows.getTotalSize(), position: "relative" }} role="presentation">
          {rows.getVirtualItems().map(({ index, start }) => {
            const entry = entries[index];
            return (
              entry && (
                <RungRow
                  key={entry.number}
                  id={`${id}-${entry.number}`}
                  entry={entry}
                  top={start}
                  place={index + 1}
                  count={entries.length}
                  isActive={entry.number === active}
                  isMarked={entry.number === highlighted}
                  isOut={!selected.has(entry.number)}
                  onOpen={open}
                />
              )
            );
          })}
        </div>
      </div>
    </div>
  );
}

function steppedRow(at: number, count: number, key: string): number | undefined {
  const next = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: count - 1,
    PageDown: at + 10,
    PageUp: at - 10,
  }[key];
  return next === undefined ? undefined : Math.max(0, Math.min(count - 1, next));
}

interface RungRowProps {
  id: string;
  entry: RungEntry;
  top: number;
  place: number;
  count: number;
  isActive: boolean;
  isMarked: boolean;
  isOut: boolean;
  onOpen: (number: number) => void;
}

const RungRow = memo(function RungRow({ entry, top, place, count, onOpen, ...row }: RungRowProps) {
  const { number, rank, value, is_stopped } = entry;
  const [isHovered, setIsHovered] = useIsHovered(number);
  const Icon = is_stopped ? IconScissors : IconArrowUpRight;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on its list does the same
    <div
      id={row.id}
      className={classes.rungRow}
      style={{ transform: `translateY(${top}px)` }}
      role="option"
      tabIndex={-1}
      aria-selected={row.isMarked}
      aria-posinset={place}
      aria-setsize={count}
      data-hovered={isHovered || undefined}
      data-active={row.isActive || undefined}
      data-marked={row.isMarked || undefined}
      data-out={row.isOut || undefined}
      data-stopped={is_stopped || undefined}
      onPointerEnter={() => setIsHovered(true)}
      onPointerLeave={() => setIsHovered(false)}
      onClick={() => onOpen(number)}
    >
      <span className={classes.rank}>{rank ?? "–"}</span>
      <span className={classes.trial}>trial {number}</span>
      <span className={classes.value} title={formatExact(value)}>
        {value === null ? "not finite" : formatNumber(value)}
      </span>
      <span className={classes.verdict}>
        <Icon size={12} aria-hidden /> {is_stopped ? "stopped" : "kept"}
      </span>
    </div>
  );
});
