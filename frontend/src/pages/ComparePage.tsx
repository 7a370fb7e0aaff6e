import { Tabs } from "@mantine/core";
import { IconArrowsDiff } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Task } from "~/api/client";
import { MetricCharts } from "~/features/metrics/MetricCharts";
import { AddTask } from "~/features/tasks/compare/AddTask";
import { CompareConfigs } from "~/features/tasks/compare/CompareConfigs";
import { CompareMetrics } from "~/features/tasks/compare/CompareMetrics";
import { CompareParams } from "~/features/tasks/compare/CompareParams";
import { MOST_COMPARED, withBase } from "~/features/tasks/compare/comparison";
import type { CompareSearch } from "~/features/tasks/compare/searchParams";
import { useCompared } from "~/features/tasks/compare/useCompared";
import { plural } from "~/lib/format";
import { Empty } from "~/ui/Empty";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingBlock } from "~/ui/Loading";
import { useChangeSearch } from "~/ui/useChangeSearch";
import classes from "./page.module.css";

const route = getRouteApi("/ui/compare");
const NONE: number[] = [];
const TABS = [
  { value: "curves", label: "Curves" },
  { value: "params", label: "Parameters" },
  { value: "metrics", label: "Metrics" },
  { value: "config", label: "Config" },
] as const;

/** Several tasks side by side: curves, parameters, metrics and configs. All of it is in the URL. */
export function ComparePage() {
  const state = route.useSearch();
  const change = useChangeSearch<CompareSearch>();
  const asked = state.id ?? NONE;
  const { ids, tasks, missing, isPending, error, retry } = useCompared(asked);
  const onIds = (next: number[]) => change({ id: next.length > 0 ? next : undefined });
  const tab = state.tab ?? "curves";
  return (
    <div className={classes.fixed}>
      <title>Compare · HyperTrainer</title>
      <div className={`card ${classes.fill}`}>
        <div className={classes.compareHead}>
          <h1 className={classes.title}>Compare</h1>
          {tasks.length > 0 && <span className="dim">{plural(tasks.length, "task")}</span>}
          {ids.length < new Set(asked).size && (
            <span className={classes.limit}>The first {MOST_COMPARED} are compared.</span>
          )}
          {missing.length > 0 && (
            <span className={classes.limit}>
              {missing.map((id) => `#${id}`).join(", ")} {missing.length === 1 ? "does" : "do"} not exist.
            </span>
          )}
          <AddTask ids={ids} onAdd={(id) => onIds([...ids, id])} />
          <Tabs className={classes.tabs} value={tab} onChange={(next) => change({ tab: tabOf(next) })}>
            <Tabs.List aria-label="Views of the comparison">
              {TABS.map(({ value, label }) => (
                <Tabs.Tab key={value} value={value}>
                  {label}
                </Tabs.Tab>
              ))}
            </Tabs.List>
          </Tabs>
        </div>
        {error && <ErrorNote title="The tasks could not be read" message={error.message} onRetry={retry} />}
        {isPending && !error && <LoadingBlock label="Loading the tasks" />}
        {!isPending && !error && tasks.length < 2 && <TooFew count={tasks.length} />}
        {tasks.length >= 2 && <View tab={tab} tasks={tasks} state={state} change={change} onIds={onIds} />}
      </div>
    </div>
  );
}

interface ViewProps {
  tab: NonNullable<CompareSearch["tab"]>;
  tasks: readonly Task[];
  state: CompareSearch;
  change: (changes: CompareSearch) => void;
  onIds: (ids: number[]) => void;
}

function View({ tab, tasks, state, change, onIds }: ViewProps) {
  const key = tasks.map(({ id }) => id).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same ids keep their array, whatever else changes
  const ids = useMemo(() => tasks.map(({ id }) => id), [key]);
  const onBase = (id: number) => onIds(withBase(ids, id));
  const onRemove = (id: number) => onIds(ids.filter((one) => one !== id));
  if (tab === "params")
    return (
      <CompareParams
        tasks={tasks}
        areAllShown={state.all === true}
        onAllShown={(areAll) => change({ all: areAll || undefined })}
        onBase={onBase}
        onRemove={onRemove}
      />
    );
  if (tab === "metrics") return <CompareMetrics tasks={tasks} onBase={onBase} onRemove={onRemove} />;
  if (tab === "config")
    return (
      <CompareConfigs
        tasks={tasks}
        other={state.other}
        onBase={onBase}
        onOther={(other) => change({ other })}
      />
    );
  return (
    <div className={classes.charts}>
      <h2 className="visually-hidden">Curves</h2>
      <MetricCharts taskIds={ids} />
    </div>
  );
}

function TooFew({ count }: { count: number }) {
  return (
    <Empty
      title={count === 0 ? "Nothing to compare yet" : "One task is no comparison"}
      icon={<IconArrowsDiff size={28} stroke={1.5} />}
      action={<Link to="/ui/tasks">Choose in the task list</Link>}
    >
      Select two or more tasks in the list, overlay their curves and press “Compare in full”, or add them here
      by name or number. At most {MOST_COMPARED} at a time.
    </Empty>
  );
}

function tabOf(tab: string | null): CompareSearch["tab"] {
  const known = TABS.find(({ value }) => value === tab)?.value;
  return known === "curves" ? undefined : known;
}
