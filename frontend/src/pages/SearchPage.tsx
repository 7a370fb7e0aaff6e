import { Tabs } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Suspense } from "react";
import { SearchActions } from "~/features/hpsearch/actions/SearchActions";
import { SearchHeader } from "~/features/hpsearch/SearchHeader";
import { TABS, type Tab } from "~/features/hpsearch/searchParams";
import { TrialSelectionProvider, useSearchState } from "~/features/hpsearch/selection";
import type { SearchViewProps } from "~/features/hpsearch/types";
import { useSearch } from "~/features/hpsearch/useSearch";
import { useSearchTrials } from "~/features/hpsearch/useSearchTrials";
import { TAB_LABELS, VIEWS } from "~/features/hpsearch/views";
import { Empty } from "~/ui/Empty";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingBlock } from "~/ui/Loading";
import classes from "./page.module.css";

const route = getRouteApi("/ui/searches/$id");

/** One search: what it is, what its trials tried, and what came of it. */
export function SearchPage() {
  const id = Number(route.useParams().id);
  if (!Number.isSafeInteger(id) || id < 1)
    return (
      <Empty title="There is no such search" action={<Link to="/ui/searches">All searches</Link>}>
        <title>Search · HyperTrainer</title>
        The number in the address is none.
      </Empty>
    );
  return <KnownSearch key={id} id={id} />;
}

function KnownSearch({ id }: { id: number }) {
  const search = useSearch(id);
  const trials = useSearchTrials(id);
  const error = search.error ?? trials.error;
  const retry = () => {
    void search.refetch();
    void trials.refetch();
  };
  if (error && !search.data)
    return (
      <div className={classes.page}>
        <title>Search · HyperTrainer</title>
        <h1 className={classes.title}>Search {id}</h1>
        <ErrorNote title="This search could not be read" message={error.message} onRetry={retry} />
        <Link to="/ui/searches">All searches</Link>
      </div>
    );
  if (!search.data || !trials.data) return <LoadingBlock label="Loading the search" />;
  return (
    <div className={classes.page}>
      <title>{`${search.data.name} · HyperTrainer`}</title>
      {error && (
        <ErrorNote title="Part of this page is out of date" message={error.message} onRetry={retry} />
      )}
      <TrialSelectionProvider search={search.data} trials={trials.data.items}>
        <Views search={search.data} trials={trials.data.items} />
      </TrialSelectionProvider>
    </div>
  );
}

/** Views that would have nothing to show are left out. */
function tabsOf({ objectives, has_early_stopping }: SearchViewProps["search"]): Tab[] {
  return TABS.filter((tab) => {
    if (tab === "pareto") return objectives.length > 1;
    return tab !== "rungs" || has_early_stopping;
  });
}

function Views(props: SearchViewProps) {
  const [state, change] = useSearchState();
  const tab = state.tab ?? "overview";
  const View = VIEWS[tab];
  return (
    <>
      <div className="card">
        <SearchHeader search={props.search} actions={<SearchActions search={props.search} />} />
        <Tabs value={tab} onChange={(next) => change({ tab: TABS.find((one) => one === next) })}>
          <Tabs.List aria-label="Views of the search">
            {tabsOf(props.search).map((one) => (
              <Tabs.Tab key={one} value={one}>
                {TAB_LABELS[one]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        </Tabs>
      </div>
      <Suspense fallback={<LoadingBlock label="Loading the view" />}>{View && <View {...props} />}</Suspense>
    </>
  );
}
