import { IconStack2 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { api, type Search } from "~/api/client";
import { formatCount, formatExact, formatNumber, NOTHING, plural } from "~/lib/format";
import { formatDuration } from "~/lib/time";
import { Empty } from "~/ui/Empty";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingRows } from "~/ui/Loading";
import { Age } from "~/ui/Ticking";
import classes from "./hpsearch.module.css";
import { epochsText } from "./progress";
import { SearchProgressBar } from "./SearchProgressBar";
import { SearchStatus } from "./SearchStatus";
import { SortHeader } from "./SortHeader";
import { sortedSearches } from "./searches";
import views from "./views.module.css";

/** The server's largest page. */
const MOST = 500;

/** All searches as a table; `sort` is kept in the URL. */
export function SearchList({ sort, onSort }: { sort: string; onSort: (sort: string) => void }) {
  const searches = api.useQuery("get", "/hpsearch", { params: { query: { limit: MOST } } });
  if (searches.error)
    return (
      <ErrorNote
        title="The searches could not be read"
        message={searches.error.message}
        onRetry={() => void searches.refetch()}
      />
    );
  if (!searches.data) return <LoadingRows label="Loading the searches" />;
  const { items, total } = searches.data;
  if (total === 0) return <NoSearches />;
  return (
    <>
      <div className={classes.tableHead}>
        <span className="dim">
          {plural(total, "search", "searches")}
          {total > items.length && `; the newest ${formatCount(items.length)} are shown`}
        </span>
      </div>
      <SearchTable items={sortedSearches(items, sort)} sort={sort} onSort={onSort} />
    </>
  );
}

function SearchTable({
  items,
  sort,
  onSort,
}: {
  items: Search[];
  sort: string;
  onSort: (sort: string) => void;
}) {
  const order = { sort, onSort };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it
    <section className={classes.scroller} aria-label="Searches" tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <SortHeader sortKey="id" {...order} isNumeric>
              ID
            </SortHeader>
            <SortHeader sortKey="name" {...order}>
              Name
            </SortHeader>
            <SortHeader sortKey="status" {...order}>
              Status
            </SortHeader>
            <SortHeader sortKey="progress" {...order}>
              Trials
            </SortHeader>
            <SortHeader sortKey="best" {...order} isNumeric>
              Best
            </SortHeader>
            <SortHeader sortKey="left" {...order} isNumeric>
              Time left
            </SortHeader>
            <SortHeader sortKey="epochs" {...order} isNumeric>
              Epochs
            </SortHeader>
            <SortHeader sortKey="algorithm" {...order}>
              Algorithm
            </SortHeader>
            <SortHeader sortKey="platform" {...order}>
              Platform
            </SortHeader>
            <SortHeader sortKey="created_at" {...order} isNumeric>
              Age
            </SortHeader>
          </tr>
        </thead>
        <tbody>
          {items.map((search) => (
            <tr key={search.id}>
              <td data-numeric className="dim">
                {search.id}
              </td>
              <td className={classes.nameCell}>
                <Link to="/ui/searches/$id" params={{ id: String(search.id) }} className={classes.link}>
                  {search.name}
                </Link>
                {search.project && <span className="dim"> {search.project}</span>}
                {search.reason && <div className={views.subline}>{search.reason}</div>}
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
              <td data-numeric>
                {search.remaining_seconds === null ? NOTHING : formatDuration(search.remaining_seconds)}
              </td>
              <td data-numeric>{epochsText(search)}</td>
              <td>{search.algorithm}</td>
              <td className={classes.textCell} title={search.platforms.join(", ")}>
                {search.platforms.join(", ")}
              </td>
              <td data-numeric>
                <Age time={search.created_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Best({ search }: { search: Search }) {
  const [objective] = search.objectives;
  if (search.best_value === null || !objective) return NOTHING;
  return (
    <span title={`${objective.metric} ${formatExact(search.best_value)}, trial ${search.best_number}`}>
      <span className="dim">{objective.metric} </span>
      {formatNumber(search.best_value)}
    </span>
  );
}

function NoSearches() {
  return (
    <Empty
      title="No searches yet"
      icon={<IconStack2 size={28} stroke={1.5} />}
      action={
        <Link to="/ui/searches" search={{ submit: true }}>
          Start one
        </Link>
      }
    >
      A config with an <code className="mono">hpsearch:</code> section becomes a search: one task for every
      trial. The sample <code className="mono">hp_test.yaml</code> is one.
    </Empty>
  );
}
