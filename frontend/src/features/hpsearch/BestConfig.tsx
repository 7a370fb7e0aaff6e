import { Button, SegmentedControl } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { http } from "~/api/client";
import { formatNumber } from "~/lib/format";
import { CopyButton } from "~/ui/CopyButton";
import { DiffView } from "~/ui/DiffView";
import { Empty } from "~/ui/Empty";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingRows } from "~/ui/Loading";
import { YamlEditor } from "~/ui/YamlEditor";
import { comparable } from "./configText";
import classes from "./parts.module.css";
import { useTrialSelection } from "./selection";
import { objectiveValue } from "./trials";
import type { SearchViewProps, TrialRead } from "./types";

interface BestConfigProps extends SearchViewProps {
  onRunAgain: (trial: TrialRead) => void;
}

const SHAPES = [
  { value: "diff" as const, label: "Difference to the search's" },
  { value: "whole" as const, label: "Whole" },
];

/** The config of the best trial, or of the marked one, against the search's own. */
export function BestConfig({ search, trials, onRunAgain }: BestConfigProps) {
  const { best, highlighted, objective } = useTrialSelection();
  const [wanted, setWanted] = useState<"best" | "marked">(best === null ? "marked" : "best");
  const [shape, setShape] = useState<"diff" | "whole">("diff");
  const number = wanted === "best" || highlighted === null ? best : highlighted;
  const trial = number === null ? undefined : trials.find((one) => one.number === number);
  if (!trial)
    return (
      <div className="card">
        <Empty title="No best trial yet">
          As soon as a trial has a value, its config stands here, set against the search's own. Of several
          objectives, mark a trial of the Pareto front to see its config.
        </Empty>
      </div>
    );
  const value = objective && objectiveValue(trial, objective.index);
  return (
    <section className={`card ${classes.best}`} aria-label={`Config of trial ${trial.number}`}>
      <div className={classes.bestHead}>
        <h2 className={classes.sectionTitle}>
          {trial.number === best ? "Best: trial" : "Trial"} {trial.number}
        </h2>
        {objective && value !== null && (
          <span>
            <span className="dim">{objective.label}</span>{" "}
            <strong className="numeric">{formatNumber(value)}</strong>
          </span>
        )}
        {best !== null && highlighted !== null && highlighted !== best && (
          <SegmentedControl
            size="xs"
            aria-label="Whose config"
            data={[
              { value: "best" as const, label: `Best (${best})` },
              { value: "marked" as const, label: `Marked (${highlighted})` },
            ]}
            value={wanted}
            onChange={setWanted}
          />
        )}
        <span className={classes.spacer} />
        <SegmentedControl
          size="xs"
          aria-label="What is shown"
          data={SHAPES}
          value={shape}
          onChange={setShape}
        />
        {trial.task_id !== null && (
          <Button
            size="compact-sm"
            leftSection={<IconPlayerPlay size={15} aria-hidden />}
            onClick={() => onRunAgain(trial)}
          >
            Run it again
          </Button>
        )}
      </div>
      {trial.task_id === null ? (
        <Empty title="Its task is deleted">Its config went with it; its values are in the table.</Empty>
      ) : (
        <Text taskId={trial.task_id} name={`trial ${trial.number}`} base={search.config_text} shape={shape} />
      )}
    </section>
  );
}

interface TextProps {
  taskId: number;
  name: string;
  base: string;
  shape: "diff" | "whole";
}

function Text({ taskId, name, base, shape }: TextProps) {
  const config = useConfigText(taskId);
  if (config.error)
    return (
      <div className={classes.bestText}>
        <ErrorNote
          title="The config could not be read"
          message={config.error.message}
          onRetry={() => void config.refetch()}
        />
      </div>
    );
  if (config.data === undefined) return <LoadingRows label="Reading the config" />;
  return (
    <div className={classes.bestText}>
      <div className={classes.copy}>
        <CopyButton value={config.data} what="the config" />
      </div>
      {shape === "whole" ? (
        <YamlEditor label={`Config of ${name}`} value={config.data} isReadOnly height="100%" />
      ) : (
        <DiffView
          before={comparable(base)}
          after={comparable(config.data)}
          label={`The search's config and that of ${name}, without hpsearch: and output_path:`}
        />
      )}
    </div>
  );
}

/** A task's config. It never changes. */
function useConfigText(taskId: number) {
  return useQuery({
    queryKey: ["config", taskId],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const { data } = await http.GET("/tasks/{task_id}/config", {
        params: { path: { task_id: taskId } },
        parseAs: "text",
        signal,
      });
      return data ?? "";
    },
  });
}
