import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { plural } from "~/lib/format";
import { CopyButton } from "~/ui/CopyButton";
import classes from "./Details.module.css";
import { type GitLineKind, gitLines } from "./gitLines";

const MOST_LINES = 400;
const SAID: Partial<Record<GitLineKind, string>> = { added: "added: ", removed: "removed: " };

/** What git says was not committed when the task was launched. */
export function GitDiff({ text, isCut }: { text: string; isCut: boolean }) {
  const [isWhole, setIsWhole] = useState(false);
  const lines = useMemo(() => gitLines(text), [text]);
  const count = (kind: GitLineKind) => lines.filter((line) => line.kind === kind).length;
  const shown = isWhole ? lines : lines.slice(0, MOST_LINES);
  return (
    <section className={classes.section} aria-labelledby="details-diff">
      <div className={classes.sectionTitle}>
        <h3 id="details-diff" className={classes.sectionTitle}>
          Uncommitted changes
        </h3>
        <span className="dim">
          {plural(count("file"), "file")}, {plural(count("added"), "line")} added,{" "}
          {plural(count("removed"), "line")} removed{isCut && "; cut at the first million characters"}
        </span>
        <span className={classes.spacer} />
        <CopyButton value={text} what="the diff" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keyboard */}
      <section className={`mono ${classes.diff}`} aria-label="Text of the diff" tabIndex={0}>
        {shown.map((line) => (
          <div key={line.number} className={classes.diffLine} data-kind={line.kind}>
            {SAID[line.kind] && <span className="visually-hidden">{SAID[line.kind]}</span>}
            {line.text || " "}
          </div>
        ))}
      </section>
      {shown.length < lines.length && (
        <Button variant="subtle" size="compact-xs" onClick={() => setIsWhole(true)}>
          Show all {plural(lines.length, "line")}
        </Button>
      )}
    </section>
  );
}
