import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useMemo } from "react";
import { ViewHead } from "~/features/hpsearch/explore/ViewHead";
import { useSearchState } from "~/features/hpsearch/selection";
import type { SearchViewProps } from "~/features/hpsearch/types";
import { plural } from "~/lib/format";
import { Empty } from "~/ui/Empty";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingBlock } from "~/ui/Loading";
import classes from "./charts.module.css";
import { RungList } from "./RungList";
import { type Bracket, bracketsOf } from "./rungBrackets";
import { useRungs } from "./useLiveAnswers";

/** Who stands where at each rung of early stopping, and who had to stop there. */
export function RungsView({ search, trials }: SearchViewProps) {
  const answer = useRungs(search);
  const brackets = useMemo(() => bracketsOf(answer.data?.items ?? []), [answer.data]);
  const metric = answer.data?.metric;
  return (
    <section className={`card ${classes.frame}`} aria-label="Rungs">
      <ViewHead title={metric ? `Ranks by ${metric}` : "Ranks"} count={trials.length} />
      {answer.error && !answer.data ? (
        <ErrorNote
          title="The rungs could not be read"
          message={answer.error.message}
          onRetry={() => void answer.refetch()}
        />
      ) : search.has_early_stopping && answer.isPending ? (
        <LoadingBlock height={320} label="Loading the rungs" />
      ) : brackets.length === 0 ? (
        <NoRungs hasEarlyStopping={search.has_early_stopping} />
      ) : (
        <>
          {brackets.map((bracket) => (
            <BracketSection key={bracket.bracket} bracket={bracket} isOnly={brackets.length === 1} />
          ))}
          <p className={classes.notes}>
            The ranks are today's. Each trial was judged when it came, by those that were there before: the
            first ones pass easily.
          </p>
        </>
      )}
    </section>
  );
}

function NoRungs({ hasEarlyStopping }: { hasEarlyStopping: boolean }) {
  return hasEarlyStopping ? (
    <Empty title="No rung reached yet">
      The first trial that reaches one appears here. Rules other than asha and hyperband have no rungs.
    </Empty>
  ) : (
    <Empty title="This search stops no trial early">
      With <code className="mono">early_stopping: {"{rule: asha, …}"}</code> trials are compared at rungs, and
      the worse ones end there.
    </Empty>
  );
}

/** The rungs of one bracket beside each other; it can be folded where there are several. */
function BracketSection({ bracket, isOnly }: { bracket: Bracket; isOnly: boolean }) {
  const [{ folded = [] }, change] = useSearchState();
  const isFolded = !isOnly && folded.includes(bracket.bracket);
  const toggle = () => {
    const others = folded.filter((one) => one !== bracket.bracket);
    const all = isFolded ? others : [...others, bracket.bracket];
    change({ folded: all.length > 0 ? all : undefined });
  };
  const Chevron = isFolded ? IconChevronRight : IconChevronDown;
  return (
    <div className={classes.bracket}>
      {!isOnly && (
        <h3 className={classes.bracketTitle}>
          <button type="button" className={classes.fold} aria-expanded={!isFolded} onClick={toggle}>
            <Chevron size={15} aria-hidden />
            Bracket {bracket.bracket}
            <span className="dim">
              {plural(bracket.numTrials, "trial")}, {plural(bracket.rungs.length, "rung")}
            </span>
          </button>
        </h3>
      )}
      {!isFolded && (
        <div className={classes.rungs}>
          {bracket.rungs.map((rung) => (
            <RungList key={rung.epoch} rung={rung} />
          ))}
        </div>
      )}
    </div>
  );
}
