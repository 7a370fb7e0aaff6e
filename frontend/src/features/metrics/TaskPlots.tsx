import { MetricCharts } from "./MetricCharts";

/** The Plots tab of a task: a chart for each of its metrics. */
export function TaskPlots({ taskId }: { taskId: number }) {
  return <MetricCharts taskIds={[taskId]} />;
}
