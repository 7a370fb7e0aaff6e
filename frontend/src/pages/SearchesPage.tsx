import { getRouteApi } from "@tanstack/react-router";
import { SearchList } from "~/features/hpsearch/SearchList";
import { DEFAULT_SEARCH_SORT } from "~/features/hpsearch/searches";
import { useChangeSearch } from "~/ui/useChangeSearch";
import classes from "./page.module.css";

const route = getRouteApi("/ui/searches");

/** All searches. */
export function SearchesPage() {
  const { sort } = route.useSearch();
  const change = useChangeSearch<{ sort?: string }>();
  const onSort = (next: string) => change({ sort: next === DEFAULT_SEARCH_SORT ? undefined : next });
  return (
    <div className={classes.fixed}>
      <title>Searches · HyperTrainer</title>
      <h1 className="visually-hidden">Searches</h1>
      <div className={`card ${classes.fill}`}>
        <SearchList sort={sort ?? DEFAULT_SEARCH_SORT} onSort={onSort} />
      </div>
    </div>
  );
}
