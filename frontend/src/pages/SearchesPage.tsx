import { getRouteApi } from "@tanstack/react-router";
import { SearchList } from "~/features/hpsearch/SearchList";
import type { SearchListSearch } from "~/features/hpsearch/searchParams";
import { useChangeSearch } from "~/ui/useChangeSearch";
import classes from "./page.module.css";

const route = getRouteApi("/ui/searches");

/** All searches. */
export function SearchesPage() {
  const state = route.useSearch();
  const change = useChangeSearch<SearchListSearch>();
  return (
    <div className={classes.fixed}>
      <title>Searches · HyperTrainer</title>
      <h1 className="visually-hidden">Searches</h1>
      <div className={`card ${classes.fill}`}>
        <SearchList state={state} onState={change} />
      </div>
    </div>
  );
}
