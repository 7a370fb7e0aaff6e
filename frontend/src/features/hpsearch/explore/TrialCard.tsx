import { shortLabels } from "~/charts/parallel";
import { choiceText } from "~/features/hpsearch/axes";
import { useHoveredTrial, useTrialSelection } from "~/features/hpsearch/selection";
import { trialLook } from "~/features/hpsearch/trials";
import type { SearchDetail, TrialRead } from "~/features/hpsearch/types";
import { formatNumber } from "~/lib/format";
import classes from "./explore.module.css";

const MOST_PARAMS = 10;

interface TrialCardProps {
  search: Pick<SearchDetail, "objectives">;
  trial: TrialRead;
}

/** One trial in a bubble: its values, how it ended, and what it tried. */
export function TrialCard({ search, trial }: TrialCardProps) {
  const { best } = useTrialSelection();
  const params = paramTexts(trial);
  return (
    <div className={classes.card}>
      <p>
        <strong>Trial {trial.number}</strong> {stateText(trial, best)}
      </p>
      {trial.reason && <p className="dim">{trial.reason}</p>}
      <dl>
        {search.objectives.map(({ metric }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: objectives stay, and two may be of one metric
          <Entry key={index} name={metric} text={formatNumber(trial.objectives?.[index])} />
        ))}
        {params.slice(0, MOST_PARAMS).map(([name, text]) => (
          <Entry key={name} name={name} text={text} />
        ))}
      </dl>
      {params.length > MOST_PARAMS && <p className="dim">and {params.length - MOST_PARAMS} more</p>}
    </div>
  );
}

function Entry({ name, text }: { name: string; text: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </>
  );
}

function stateText(trial: TrialRead, best: number | null): string {
  const { word } = trialLook(trial, best);
  return trial.is_feasible ? word : `${word}, infeasible`;
}

function paramTexts({ params }: TrialRead): [string, string][] {
  const labels = shortLabels(Object.keys(params));
  return Object.entries(params).map(([path, value]) => [
    labels.get(path) ?? path,
    typeof value === "number" ? formatNumber(value) : choiceText(value),
  ]);
}

interface TrialStripProps {
  search: Pick<SearchDetail, "objectives">;
  trials: readonly TrialRead[];
  /** What stands there while there is no such trial. */
  hint: string;
}

/** The trial under the pointer, or else the marked one, in one line. */
export function TrialStrip({ search, trials, hint }: TrialStripProps) {
  const { highlighted, best } = useTrialSelection();
  const [hovered] = useHoveredTrial();
  const shown = hovered ?? highlighted;
  const trial = shown === null ? undefined : trials.find(({ number }) => number === shown);
  if (!trial) return <p className={classes.strip}>{hint}</p>;
  const values = search.objectives.map(
    ({ metric }, index) => `${metric} ${formatNumber(trial.objectives?.[index])}`,
  );
  const params = paramTexts(trial).map(([name, text]) => `${name} ${text}`);
  return (
    <p className={classes.strip}>
      <strong>Trial {trial.number}</strong> {[stateText(trial, best), ...values, ...params].join(" · ")}
    </p>
  );
}
