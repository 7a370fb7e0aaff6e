import { Tabs } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { SearchHeader } from "~/features/hpsearch/SearchHeader";
import { SearchTrials } from "~/features/hpsearch/SearchTrials";
import type { OneSearchSearch } from "~/features/hpsearch/searchParams";
import { useSearchData } from "~/features/hpsearch/useSearchData";
import { MetricCharts } from "~/features/metrics/MetricCharts";
import { Empty } from "~/ui/Empty";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingBlock } from "~/ui/Loading";
import { useChangeSearch } from "~/ui/useChangeSearch";
import { YamlEditor } from "~/ui/YamlEditor";
import classes from "./page.module.css";

const route = getRouteApi("/ui/searches/$id");

/** One search: what it is, its trials, their curves, and the YAML it began with. */
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
  const state = route.useSearch();
  const { search, trials, tasks, error, retry } = useSearchData(id);
  const onState = useChangeSearch<OneSearchSearch>();
  const taskIds = useMemo(() => trials?.flatMap(({ task_id }) => task_id ?? []) ?? [], [trials]);
  if (error && !search)
    return (
      <div className={classes.page}>
        <title>Search · HyperTrainer</title>
        <h1 className={classes.title}>Search {id}</h1>
        <ErrorNote title="This search could not be read" message={error.message} onRetry={retry} />
        <Link to="/ui/searches">All searches</Link>
      </div>
    );
  if (!search || !trials) return <LoadingBlock label="Loading the search" />;
  const tab = state.tab ?? "trials";
  return (
    <div className={classes.page}>
      <title>{`${search.name} · HyperTrainer`}</title>
      <div className="card">
        <SearchHeader search={search} />
        <Tabs value={tab} onChange={(next) => onState({ tab: tabOf(next) })}>
          <Tabs.List aria-label="Views of the search">
            <Tabs.Tab value="trials">Trials</Tabs.Tab>
            <Tabs.Tab value="curves">Curves</Tabs.Tab>
            <Tabs.Tab value="config">Config</Tabs.Tab>
          </Tabs.List>
        </Tabs>
      </div>
      {error && (
        <ErrorNote title="Part of this page is out of date" message={error.message} onRetry={retry} />
      )}
      {tab === "trials" && (
        <SearchTrials search={search} trials={trials} tasks={tasks} state={state} onState={onState} />
      )}
      {tab === "curves" && (
        <div className={`card ${classes.charts}`}>
          <h2 className="visually-hidden">Curves</h2>
          <MetricCharts
            taskIds={taskIds}
            emptyHint="The curves of all trials are laid over each other here."
          />
        </div>
      )}
      {tab === "config" && (
        <div className={`card ${classes.config}`}>
          <YamlEditor
            label={`Config of ${search.name}`}
            value={search.config_text}
            isReadOnly
            height="100%"
          />
        </div>
      )}
    </div>
  );
}

function tabOf(tab: string | null): OneSearchSearch["tab"] {
  return tab === "curves" || tab === "config" ? tab : undefined;
}
