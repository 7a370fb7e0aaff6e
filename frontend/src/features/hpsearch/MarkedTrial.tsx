import { Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { formatExact, formatNumber, plural } from "~/lib/format";
import { IconAction } from "~/ui/IconAction";
import shared from "./hpsearch.module.css";
import classes from "./parts.module.css";
import { useTrialSelection } from "./selection";
import { TrialBadge } from "./TrialBadge";
import type { SearchViewProps, TrialRead } from "./types";

interface MarkedTrialProps extends SearchViewProps {
  onRunAgain: (trial: TrialRead) => void;
}

/** The trial that was clicked in any view: what came of it, why it ended, and its task. At the foot, so that nothing moves. */
export function MarkedTrial({ search, trials, onRunAgain }: MarkedTrialProps) {
  const { highlighted, setHighlighted } = useTrialSelection();
  const trial = highlighted === null ? undefined : trials.find(({ number }) => number === highlighted);
  if (!trial) return null;
  return (
    <section className={`card ${classes.marked}`} aria-label="Marked trial">
      <strong>Trial {trial.number}</strong>
      <TrialBadge trial={trial} />
      {search.objectives.map(({ metric }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: objectives stay, and two may be of one metric
        <span key={index} title={formatExact(trial.objectives?.[index])}>
          <span className="dim">{metric}</span>{" "}
          <span className="numeric">{formatNumber(trial.objectives?.[index])}</span>
        </span>
      ))}
      <span className="dim">{plural(trial.epochs, "epoch")}</span>
      <span className={classes.markedReason} title={trial.reason}>
        {trial.reason}
      </span>
      {trial.task_id !== null && (
        <>
          <Link to="/ui/tasks" search={{ task: trial.task_id }} className={shared.tasksLink}>
            Open its task
          </Link>
          <Button variant="default" size="compact-sm" onClick={() => onRunAgain(trial)}>
            Run it again
          </Button>
        </>
      )}
      <IconAction label="Mark no trial" size="sm" onClick={() => setHighlighted(null)}>
        <IconX size={15} />
      </IconAction>
    </section>
  );
}
