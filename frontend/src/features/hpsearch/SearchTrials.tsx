import { useMemo, useState } from "react";
import type { Search, Task, Trial } from "~/api/client";
import { type Brush, type Brushes, isWide, passing, placedAxis } from "~/charts/parallel";
import { formatNumber } from "~/lib/format";
import classes from "./hpsearch.module.css";
import { JudgementPicker } from "./JudgementPicker";
import type { OneSearchSearch } from "./searchParams";
import { spaceRows } from "./space";
import { TrialPlots } from "./TrialPlots";
import { TrialTable } from "./TrialTable";
import { axisValue, bestRow, judgementOf, metricNames, paramNames, trialRows } from "./trials";

interface SearchTrialsProps {
  search: Search;
  trials: readonly Trial[];
  tasks: readonly Task[];
  state: OneSearchSearch;
  onState: (changes: OneSearchSearch) => void;
}

/** The trials as plots and as a table, judged by a metric. A brush in a plot narrows the table too. */
export function SearchTrials({ search, trials, tasks, state, onState }: SearchTrialsProps) {
  const [brushes, setBrushes] = useState<Brushes>({});
  const names = useMemo(() => metricNames(tasks), [tasks]);
  const params = useMemo(() => paramNames(trials), [trials]);
  const { by, best: asked, good } = state;
  const judgement = useMemo(() => judgementOf(names, { by, best: asked, good }), [names, by, asked, good]);
  const rows = useMemo(() => trialRows(trials, tasks, judgement), [trials, tasks, judgement]);
  const axes = useAxes(search, params, rows, judgement.metric && `${judgement.metric} ${judgement.summary}`);
  const isKept = useMemo(
    () => passing(axes.map(placedAxis), brushes, rows.length),
    [axes, brushes, rows.length],
  );
  const kept = useMemo(() => rows.filter((_, index) => isKept[index]), [rows, isKept]);
  const best = bestRow(rows, judgement.isLowBest);
  const onBrush = (axis: string, brush: Brush | null) => {
    const { [axis]: _old, ...others } = brushes;
    setBrushes(brush ? { ...others, [axis]: brush } : others);
  };
  return (
    <>
      <h2 className="visually-hidden">Trials</h2>
      <div className={classes.picker}>
        <JudgementPicker names={names} judgement={judgement} onChange={onState} />
        <span className={classes.spacer} />
        {best && (
          <span className="numeric">
            <span className="dim">Best</span> <strong>{formatNumber(best.value)}</strong>{" "}
            <span className="dim">by trial {best.trial.number}</span>
          </span>
        )}
      </div>
      <TrialPlots
        axes={axes}
        rows={rows}
        isKept={isKept}
        params={params}
        judgement={judgement}
        brushes={brushes}
        onBrush={onBrush}
        param={state.param}
        onParam={(param) => onState({ param })}
        onOpen={(row) => onState({ trial: row.trial.number })}
      />
      <div className={`card ${classes.tableCard}`}>
        <TrialTable
          rows={kept}
          params={params}
          judgement={judgement}
          best={best?.trial.number ?? null}
          marked={state.trial}
          sort={state.sort ?? "number"}
          onSort={(sort) => onState({ sort })}
        />
      </div>
    </>
  );
}

/** An axis per parameter, and the result as the last one. */
function useAxes(
  search: Search,
  params: readonly string[],
  rows: ReturnType<typeof trialRows>,
  result: string | null,
) {
  return useMemo(() => {
    const logs = new Map(spaceRows(search.space).map(({ param, isLog }) => [param, isLog]));
    const axes = params.map((param) => {
      const values = rows.map(({ trial }) => axisValue(trial.params[param]));
      return { id: param, label: param, values, isLog: logs.get(param) ?? isWide(values) };
    });
    if (!result) return axes;
    const values = rows.map(({ value }) => value);
    return [...axes, { id: "result", label: result, values, isLog: isWide(values) }];
  }, [search.space, params, rows, result]);
}
