import { Select } from "@mantine/core";
import { useMemo } from "react";
import { ParallelChart } from "~/charts/ParallelChart";
import { type Brush, type Brushes, isWide, type ParallelAxis } from "~/charts/parallel";
import { ScatterPlot } from "~/charts/ScatterPlot";
import classes from "./hpsearch.module.css";
import { axisValue, type Judgement, type TrialRow } from "./trials";

interface TrialPlotsProps {
  axes: readonly ParallelAxis[];
  rows: readonly TrialRow[];
  isKept: readonly boolean[];
  params: readonly string[];
  judgement: Judgement;
  brushes: Brushes;
  onBrush: (axis: string, brush: Brush | null) => void;
  param: string | undefined;
  onParam: (param: string) => void;
  onOpen: (row: TrialRow) => void;
}

/** What the trials tried against what came of it: all parameters at once, and one at a time. */
export function TrialPlots(props: TrialPlotsProps) {
  const { axes, rows, isKept, params, judgement, brushes, onBrush, onParam, onOpen } = props;
  const { metric, summary, isLowBest } = judgement;
  const param = params.find((name) => name === props.param) ?? params[0] ?? "";
  const labels = useMemo(() => rows.map(labelOf), [rows]);
  const values = useMemo(() => rows.map(({ value }) => value), [rows]);
  const axis = axes.find(({ id }) => id === param);
  const points = useMemo(
    () =>
      rows.map((row, index) => ({
        id: index,
        label: labelOf(row),
        x: axisValue(row.trial.params[param]),
        y: row.value,
        isFaint: !isKept[index],
      })),
    [rows, param, isKept],
  );
  const open = (index: number) => {
    const row = rows[index];
    if (row) onOpen(row);
  };
  return (
    <div className={classes.plots}>
      <div className={`card ${classes.plot}`}>
        <ParallelChart
          title="Parameters and result"
          axes={axes}
          labels={labels}
          values={values}
          isLowBest={isLowBest}
          brushes={brushes}
          onBrush={onBrush}
          onOpen={open}
          height={260}
        />
      </div>
      {metric !== null && param && (
        <div className={`card ${classes.plot}`}>
          <ScatterPlot
            title={`${metric} ${summary} by ${param}`}
            xLabel={param}
            yLabel={`${metric} ${summary}`}
            points={points}
            isLogX={axis?.isLog ?? isWide(axis?.values ?? [])}
            isLogY={isWide(values)}
            onOpen={open}
            height={params.length > 1 ? 232 : 260}
          />
          {params.length > 1 && (
            <Select
              size="xs"
              aria-label="Parameter of the scatter plot"
              data={[...params]}
              value={param}
              allowDeselect={false}
              onChange={(name) => name && onParam(name)}
            />
          )}
        </div>
      )}
    </div>
  );
}

function labelOf({ trial, task }: TrialRow): string {
  return `Trial ${trial.number}${task ? ` · ${task.name}` : ""}`;
}
