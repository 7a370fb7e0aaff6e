import { SegmentedControl, Select } from "@mantine/core";
import classes from "./hpsearch.module.css";
import type { Judgement } from "./judgement";
import type { OneSearchSearch } from "./searchParams";

interface JudgementPickerProps {
  names: readonly string[];
  judgement: Judgement;
  onChange: (changes: Pick<OneSearchSearch, "by" | "best" | "good">) => void;
}

const SUMMARIES = [
  { value: "min" as const, label: "Lowest" },
  { value: "max" as const, label: "Highest" },
  { value: "last" as const, label: "Last" },
];
const GOOD = [
  { value: "low" as const, label: "Low is good" },
  { value: "high" as const, label: "High is good" },
];

/** Chooses the metric that the trials of a search without an objective are judged by. */
export function JudgementPicker({ names, judgement, onChange }: JudgementPickerProps) {
  return (
    <div className={classes.picker}>
      <span className="dim">No objective is given; judged by</span>
      <Select
        size="xs"
        w={170}
        aria-label="Metric"
        data={[...names]}
        value={judgement.metric}
        allowDeselect={false}
        searchable={names.length > 8}
        onChange={(by) => by && onChange({ by, best: undefined, good: undefined })}
      />
      <SegmentedControl
        size="xs"
        aria-label="Which value"
        data={SUMMARIES}
        value={judgement.summary}
        onChange={(best) => onChange({ best })}
      />
      {judgement.summary === "last" && (
        <SegmentedControl
          size="xs"
          aria-label="What is good"
          data={GOOD}
          value={judgement.isLowBest ? "low" : "high"}
          onChange={(good) => onChange({ good })}
        />
      )}
    </div>
  );
}
