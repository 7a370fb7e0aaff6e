import { Button, MultiSelect, SegmentedControl, Slider } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import classes from "./metrics.module.css";
import type { ChartSearch } from "./searchParams";

interface ChartToolsProps {
  taskIds: readonly number[];
  /** All metrics there are, shown or not. */
  metrics: readonly string[];
  search: ChartSearch;
  onSearch: (changes: ChartSearch) => void;
  smoothing: number;
  onSmoothing: (weight: number) => void;
}

const X_KINDS = [
  { value: "epoch" as const, label: "Epoch" },
  { value: "time" as const, label: "Time" },
  { value: "elapsed" as const, label: "Elapsed" },
];
/** Fewer metrics than this need no choice. */
const MANY_METRICS = 5;

/** What holds for all charts of a page: the x axis, the smoothing, which metrics, the points as a file. */
export function ChartTools(props: ChartToolsProps) {
  const { taskIds, metrics, search, onSearch, smoothing, onSmoothing } = props;
  const isChanged = [search.zoom, search.hide, search.log, search.smooth, search.x, search.metric].some(
    (value) => value !== undefined,
  );
  return (
    <div className={classes.tools} role="toolbar" aria-label="Tools for the charts">
      <SegmentedControl
        size="xs"
        aria-label="Horizontal axis"
        data={X_KINDS}
        value={search.x ?? "epoch"}
        onChange={(x) => onSearch({ x: x === "epoch" ? undefined : x, zoom: undefined })}
      />
      <div className={classes.smoothing}>
        <span id="smoothing-label">Smoothing</span>
        <Slider
          w={110}
          size="sm"
          min={0}
          max={0.99}
          step={0.01}
          label={null}
          value={smoothing}
          onChange={onSmoothing}
          onChangeEnd={(smooth) => onSearch({ smooth: smooth > 0 ? smooth : undefined })}
          thumbProps={{ "aria-labelledby": "smoothing-label" }}
        />
        <output>{smoothing === 0 ? "off" : smoothing.toFixed(2)}</output>
      </div>
      {metrics.length >= MANY_METRICS && (
        <MultiSelect
          size="xs"
          w={210}
          aria-label="Metrics shown"
          placeholder={search.metric ? undefined : `All ${metrics.length} metrics`}
          data={[...metrics]}
          value={search.metric ?? []}
          onChange={(metric) => onSearch({ metric: metric.length > 0 ? metric : undefined })}
          searchable
          clearable
          clearButtonProps={{ "aria-label": "Show all metrics" }}
        />
      )}
      <span className={classes.spacer} />
      {isChanged && (
        <Button
          variant="subtle"
          size="compact-xs"
          onClick={() => {
            onSmoothing(0);
            onSearch(DEFAULTS);
          }}
        >
          Reset
        </Button>
      )}
      <a className={classes.download} href={exportUrl(taskIds)} download>
        <IconDownload size={14} aria-hidden />
        All points (CSV)
      </a>
    </div>
  );
}

const DEFAULTS: ChartSearch = {
  x: undefined,
  log: undefined,
  smooth: undefined,
  metric: undefined,
  zoom: undefined,
  hide: undefined,
};

function exportUrl(taskIds: readonly number[]): string {
  return `/metrics/export?${taskIds.map((id) => `task_id=${id}`).join("&")}`;
}
