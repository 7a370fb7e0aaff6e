import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ApiError } from "~/api/errors";
import { JudgementPicker } from "~/features/hpsearch/JudgementPicker";
import { TrialSelectionProvider, useSearchState } from "~/features/hpsearch/selection";
import type { SearchDetail, TrialRead } from "~/features/hpsearch/types";
import { useJudged } from "~/features/hpsearch/useJudged";
import { useSearch } from "~/features/hpsearch/useSearch";
import { useSearchTrials } from "~/features/hpsearch/useSearchTrials";
import { Empty } from "~/ui/Empty";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingBlock } from "~/ui/Loading";
import classes from "./page.module.css";
import { SearchViews } from "./SearchViews";

const route = getRouteApi("/ui/searches/$id");

/** One search: what it is, what its trials tried, and what came of it. */
export function SearchPage() {
  const id = Number(route.useParams().id);
  if (!Number.isSafeInteger(id) || id < 1)
    return <NoSuchSearch>The number in the address is none.</NoSuchSearch>;
  return <KnownSearch key={id} id={id} />;
}

function NoSuchSearch({ children }: { children: ReactNode }) {
  return (
    <Empty title="There is no such search" action={<Link to="/ui/searches">All searches</Link>}>
      <title>Search · HyperTrainer</title>
      {children}
    </Empty>
  );
}

function KnownSearch({ id }: { id: number }) {
  const search = useSearch(id);
  const trials = useSearchTrials(id);
  const error = search.error ?? trials.error;
  if (error instanceof ApiError && error.status === 404)
    return <NoSuchSearch>Search {id} was deleted, or there never was one with this number.</NoSuchSearch>;
  const retry = () => {
    void search.refetch();
    void trials.refetch();
  };
  if (error && (!search.data || !trials.data))
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
    <>
      <title>{`${search.data.name} · HyperTrainer`}</title>
      <ReadSearch search={search.data} trials={trials.data.items} error={error} onRetry={retry} />
    </>
  );
}

interface ReadSearchProps {
  search: SearchDetail;
  trials: readonly TrialRead[];
  /** What was read before is shown along with it. */
  error: { message: string } | null;
  onRetry: () => void;
}

function ReadSearch({ search, trials, error, onRetry }: ReadSearchProps) {
  const [state, change] = useSearchState();
  const judged = useJudged(search, trials, state);
  return (
    <TrialSelectionProvider search={judged.search} trials={judged.trials}>
      <SearchViews search={judged.search} trials={judged.trials}>
        {error && (
          <ErrorNote title="Part of this page is out of date" message={error.message} onRetry={onRetry} />
        )}
        {judged.choice && <JudgementPicker {...judged.choice} onChange={change} />}
      </SearchViews>
    </TrialSelectionProvider>
  );
}
