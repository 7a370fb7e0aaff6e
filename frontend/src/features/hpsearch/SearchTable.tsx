import { Link } from "@tanstack/react-router";
import type { KeyboardEvent } from "react";
import { formatExact, formatNumber, NOTHING, plural } from "~/lib/format";
import { formatDuration } from "~/lib/time";
import { Age } from "~/ui/Ticking";
import classes from "./hpsearch.module.css";
import list from "./list.module.css";
import { epochsText } from "./progress";
import { SearchProgressBar } from "./SearchProgressBar";
import { SearchStatus } from "./SearchStatus";
import { SortHeader } from "./SortHeader";
import type { SearchRead } from "./types";

interface SearchTableProps {
  items: readonly SearchRead[];
  sort: string;
  onSort: (sort: string) => void;
}

const COLUMNS = [
  { key: "id", label: "ID", isNumeric: true },
  { key: "name", label: "Name", isNumeric: false },
  { key: "status", label: "Status", isNumeric: false },
  { key: "progress", label: "Trials", isNumeric: false },
  { key: "best", label: "Best", isNumeric: true },
  { key: "left", label: "Time left", isNumeric: true },
  { key: "epochs", label: "Epochs", isNumeric: true },
  { key: "cost", label: "Cost", isNumeric: true },
  { key: "algorithm", label: "Algorithm", isNumeric: false },
  { key: "platform", label: "Platforms", isNumeric: false },
  { key: "created_at", label: "Age", isNumeric: true },
];

/** The searches, a line each and a second one for the reason. The arrow keys go from name to name. */
export function SearchTable({ items, sort, onSort }: SearchTableProps) {
  const hasCost = items.some(({ cost }) => cost !== null);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it
    <section className={classes.scroller} aria-label="Searches" tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            {COLUMNS.filter(({ key }) => key !== "cost" || hasCost).map(({ key, label, isNumeric }) => (
              <SortHeader key={key} sortKey={key} sort={sort} onSort={onSort} isNumeric={isNumeric}>
                {label}
              </SortHeader>
            ))}
          </tr>
        </thead>
        <tbody {...{ onKeyDown: moveFocus }}>
          {items.map((search) => (
            <Row key={search.id} search={search} hasCost={hasCost} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ search, hasCost }: { search: SearchRead; hasCost: boolean }) {
  const { id, name, project, reason, remaining_seconds, cost, platforms } = search;
  const where = platforms.join(", ");
  return (
    <tr>
      <td data-numeric className="dim">
        {id}
      </td>
      <td className={list.nameCell}>
        <Link
          to="/ui/searches/$id"
          params={{ id: String(id) }}
          className={classes.link}
          title={name}
          data-search
        >
          {name}
        </Link>
        {project && <span className="dim"> {project}</span>}
        {reason && (
          <div className={list.reason} title={reason}>
            {reason}
          </div>
        )}
      </td>
      <td>
        <SearchStatus search={search} />
      </td>
      <td>
        <SearchProgressBar search={search} />
      </td>
      <td data-numeric>
        <Best search={search} />
      </td>
      <td data-numeric>{remaining_seconds === null ? NOTHING : formatDuration(remaining_seconds)}</td>
      <td data-numeric>{epochsText(search)}</td>
      {hasCost && <td data-numeric>{cost === null ? NOTHING : cost.toFixed(2)}</td>}
      <td>{search.algorithm}</td>
      <td className={list.placeCell} title={where}>
        {where}
      </td>
      <td data-numeric>
        <Age time={search.created_at} />
      </td>
    </tr>
  );
}

function Best({ search: { objectives, best_value, best_number } }: { search: SearchRead }) {
  if (objectives.length > 1) return <span className="dim">{plural(objectives.length, "objective")}</span>;
  const metric = objectives[0]?.metric;
  if (best_value === null || metric === undefined) return NOTHING;
  return (
    <span title={`${metric} ${formatExact(best_value)}, trial ${best_number}`}>
      <span className="dim">{metric}</span> {formatNumber(best_value)}
    </span>
  );
}

/** From one search's name to the next with the arrow keys, or j and k. */
function moveFocus(event: KeyboardEvent<HTMLTableSectionElement>) {
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...event.currentTarget.querySelectorAll("a[data-search]")];
  const at = links.indexOf(document.activeElement ?? event.currentTarget);
  const next = links[at + step];
  if (at < 0 || !(next instanceof HTMLElement)) return;
  event.preventDefault();
  next.focus();
}
