import { Button } from "@mantine/core";
import { IconStack2 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { api } from "~/api/client";
import { formatCount, plural } from "~/lib/format";
import { Empty } from "~/ui/Empty";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingRows } from "~/ui/Loading";
import classes from "./list.module.css";
import { SearchFilters } from "./SearchFilters";
import { SearchTable } from "./SearchTable";
import { DEFAULT_SEARCH_SORT, filteredSearches, sortedSearches } from "./searches";
import type { SearchListSearch } from "./searchParams";

/** The server's largest page. */
const MOST = 500;

interface SearchListProps {
  /** What the URL says. */
  state: SearchListSearch;
  onState: (changes: SearchListSearch) => void;
}

/** All searches as a table, narrowed and sorted as the URL says. */
export function SearchList({ state, onState }: SearchListProps) {
  const searches = api.useQuery("get", "/hpsearch", { params: { query: { limit: MOST } } });
  if (searches.error && !searches.data)
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
  const { sort = DEFAULT_SEARCH_SORT, q = "", status = [] } = state;
  const kept = filteredSearches(items, q, status);
  const isNarrowed = q !== "" || status.length > 0;
  return (
    <>
      <div className={classes.head}>
        <SearchFilters items={items} state={state} onState={onState} />
        <span className="dim" role="status">
          {isNarrowed
            ? `${formatCount(kept.length)} of ${plural(items.length, "search", "searches")}`
            : plural(total, "search", "searches")}
          {total > items.length && `; the newest ${formatCount(items.length)} are shown`}
        </span>
      </div>
      {kept.length === 0 ? (
        <Empty
          title="No search matches"
          action={
            <Button
              variant="default"
              size="compact-sm"
              onClick={() => onState({ q: undefined, status: undefined })}
            >
              Show all
            </Button>
          }
        />
      ) : (
        <SearchTable
          items={sortedSearches(kept, sort)}
          sort={sort}
          onSort={(next) => onState({ sort: next === DEFAULT_SEARCH_SORT ? undefined : next })}
        />
      )}
    </>
  );
}

function NoSearches() {
  return (
    <Empty
      title="No searches yet"
      icon={<IconStack2 size={28} stroke={1.5} />}
      action={
        <Button renderRoot={(props) => <Link to="/ui/searches" search={{ submit: true }} {...props} />}>
          New search
        </Button>
      }
    >
      A config with an <code className="mono">hpsearch:</code> section becomes a search: one task for every
      trial. The sample <code className="mono">hp_test.yaml</code> is one.
    </Empty>
  );
}
