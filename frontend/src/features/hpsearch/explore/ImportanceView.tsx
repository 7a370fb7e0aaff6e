import { SegmentedControl } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { api } from "~/api/client";
import { shortLabels } from "~/charts/parallel";
import { paramAxisId } from "~/features/hpsearch/axes";
import { useSearchState, useTrialSelection } from "~/features/hpsearch/selection";
import type { SearchDetail, SearchViewProps } from "~/features/hpsearch/types";
import { formatPercent, plural } from "~/lib/format";
import { Empty } from "~/ui/Empty";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingRows } from "~/ui/Loading";
import classes from "./explore.module.css";
import { NoObjective } from "./NoObjective";
import { ObjectiveChoice, ViewHead } from "./ViewHead";

type Evaluator = "ped_anova" | "fanova";

/** Which parameters matter, the most important first; a press on one opens its slice. */
export function ImportanceView({ search, trials }: SearchViewProps) {
  const { objective } = useTrialSelection();
  const [evaluator, setEvaluator] = useState<Evaluator>("ped_anova");
  const answer = useImportance(search, objective?.index ?? 0, evaluator, objective !== null);
  if (!objective) return <NoObjective />;
  return (
    <section className={`card ${classes.view}`} aria-label="Importance">
      <ViewHead title={`What ${objective.metric} depends on`} count={trials.length}>
        <ObjectiveChoice search={search} />
        <SegmentedControl
          size="xs"
          aria-label="How importance is measured"
          data={[
            { value: "ped_anova", label: "PED-ANOVA" },
            { value: "fanova", label: "fANOVA" },
          ]}
          value={evaluator}
          onChange={(value) => setEvaluator(value === "fanova" ? "fanova" : "ped_anova")}
        />
      </ViewHead>
      {answer.isPending && <LoadingRows rows={5} label="Working out the importances" />}
      {answer.error && (
        <ErrorNote
          title="The importances could not be worked out"
          message={answer.error.message}
          onRetry={() => void answer.refetch()}
        />
      )}
      {answer.data && (
        <Bars
          items={answer.data.items}
          message={answer.data.message}
          numTrials={answer.data.num_trials}
          evaluator={evaluator}
        />
      )}
    </section>
  );
}

const MEANINGS: Record<Evaluator, string> = {
  ped_anova: "how differently the best trials chose it than all trials did",
  fanova: "its part in the variation of the result, as a random forest sees it",
};

interface BarsProps {
  items: readonly { path: string; importance: number }[];
  message: string;
  numTrials: number;
  evaluator: Evaluator;
}

function Bars({ items, message, numTrials, evaluator }: BarsProps) {
  const [, change] = useSearchState();
  if (items.length === 0) return <Empty title="No importances yet">{message}</Empty>;
  const sorted = items.toSorted((a, b) => b.importance - a.importance);
  const labels = shortLabels(sorted.map(({ path }) => path));
  const most = Math.max(...sorted.map(({ importance }) => importance), 1e-9);
  return (
    <>
      <ol className={classes.bars}>
        {sorted.map(({ path, importance }) => (
          <li key={path}>
            <button
              type="button"
              className={classes.bar}
              title={`${path}: show its slice`}
              onClick={() => change({ tab: "slices", across: paramAxisId(path) }, { isStep: true })}
            >
              <span className={classes.barName}>{labels.get(path) ?? path}</span>
              <span className={classes.barTrack} aria-hidden>
                <span className={classes.barFill} style={{ width: `${(100 * importance) / most}%` }} />
              </span>
              <span className={classes.barValue}>
                {importance > 0 && importance < 0.01 ? "<1%" : formatPercent(importance)}
              </span>
            </button>
          </li>
        ))}
      </ol>
      <p className={classes.remark}>
        Of {plural(numTrials, "trial")}: {MEANINGS[evaluator]}. {message}
      </p>
    </>
  );
}

/** The server's importances, read again with every tenth more trials: they cost it a second and change little. */
function useImportance(
  search: Pick<SearchDetail, "id" | "num_finished">,
  objective: number,
  evaluator: Evaluator,
  enabled: boolean,
) {
  const answer = api.useQuery(
    "get",
    "/hpsearch/{search_id}/importance",
    { params: { path: { search_id: search.id }, query: { objective, evaluator } } },
    { enabled, staleTime: Number.POSITIVE_INFINITY },
  );
  const { refetch } = answer;
  const step = Math.floor(8 * Math.log2(1 + search.num_finished));
  const seen = useRef(step);
  useEffect(() => {
    if (seen.current === step || !enabled) return;
    seen.current = step;
    void refetch();
  }, [step, enabled, refetch]);
  return answer;
}
