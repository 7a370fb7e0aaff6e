import { useMemo, useState } from "react";
import { foldedDiff, lineDiff } from "~/lib/diff";
import { plural } from "~/lib/format";
import classes from "./DiffView.module.css";
import { Empty } from "./Empty";

interface DiffViewProps {
  before: string;
  after: string;
  /** What is compared: "Config of #12 and your edit". */
  label: string;
  /** Unchanged lines kept around a change. */
  context?: number;
}

const SIGNS = { same: " ", added: "+", removed: "−" } as const;

/** Two texts as one list of kept, added and removed lines; far unchanged lines are folded until asked for. */
export function DiffView({ before, after, label, context = 3 }: DiffViewProps) {
  const [isUnfolded, setIsUnfolded] = useState(false);
  const diff = useMemo(() => lineDiff(before, after), [before, after]);
  const parts = useMemo(
    () => foldedDiff(diff, isUnfolded ? diff.length : context),
    [diff, isUnfolded, context],
  );
  const added = diff.filter((line) => line.kind === "added").length;
  const removed = diff.filter((line) => line.kind === "removed").length;
  if (added + removed === 0) return <Empty title="No difference" />;
  return (
    <section aria-label={label} className={classes.root}>
      <p className={classes.summary}>
        {plural(added, "line")} added, {plural(removed, "line")} removed
      </p>
      <div className={classes.lines}>
        {parts.map((part) =>
          part.kind === "folded" ? (
            <button
              key={`fold ${part.before}`}
              type="button"
              className={classes.fold}
              onClick={() => setIsUnfolded(true)}
            >
              Show {plural(part.count, "unchanged line")}
            </button>
          ) : (
            <div key={`${part.before} ${part.after}`} className={classes.line} data-kind={part.kind}>
              <span className={classes.number}>{part.before}</span>
              <span className={classes.number}>{part.after}</span>
              <span className={classes.sign}>{SIGNS[part.kind]}</span>
              {part.kind !== "same" && <span className="visually-hidden">{part.kind}: </span>}
              <span className={classes.text}>{part.text}</span>
            </div>
          ),
        )}
      </div>
    </section>
  );
}
