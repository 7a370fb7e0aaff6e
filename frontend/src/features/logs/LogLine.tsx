import { memo } from "react";
import { ansiSegments, markedSegments, matchRanges, plainText } from "./ansi";
import classes from "./LogView.module.css";

interface LogLineProps {
  /** From 0. */
  index: number;
  /** Undefined while the line is on its way. */
  text: string | undefined;
  pattern: RegExp | null;
  isTarget: boolean;
  isMatch: boolean;
  onPick: (line: number) => void;
}

/** One line: its number, which is a permalink, and its text in its colours. */
export const LogLine = memo(function LogLine({
  index,
  text,
  pattern,
  isTarget,
  isMatch,
  onPick,
}: LogLineProps) {
  return (
    <div
      className={classes.line}
      data-line={index}
      data-target={isTarget || undefined}
      data-match={isMatch || undefined}
    >
      <a
        className={classes.number}
        href={`#L${index + 1}`}
        aria-label={`Link to line ${index + 1}`}
        tabIndex={-1}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          onPick(index);
        }}
      >
        {index + 1}
      </a>
      <span className={classes.text}>
        {text === undefined ? "" : <ColouredText text={text} pattern={pattern} />}
      </span>
    </div>
  );
});

function ColouredText({ text, pattern }: { text: string; pattern: RegExp | null }) {
  const segments = ansiSegments(text);
  const marked = markedSegments(segments, matchRanges(plainText(segments), pattern));
  return marked.map(({ text: part, classes: names, color, background, isMatch }, index) => {
    const Tag = isMatch ? "mark" : "span";
    const look = { color: isMatch ? undefined : color, background: isMatch ? undefined : background };
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line have no identity but their order
      <Tag key={index} className={names.map((name) => classes[name]).join(" ") || undefined} style={look}>
        {part}
      </Tag>
    );
  });
}
