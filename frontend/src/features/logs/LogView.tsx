import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { plural } from "~/lib/format";
import { Empty } from "~/ui/Empty";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingRows } from "~/ui/Loading";
import { LogLine } from "./LogLine";
import { LogToolbar } from "./LogToolbar";
import classes from "./LogView.module.css";
import { LogPages } from "./pages";
import type { LogMeta, LogSource } from "./source";
import { useLogScroll } from "./useLogScroll";
import { useLogSearch } from "./useLogSearch";

interface LogViewProps {
  /** The file's name. */
  name: string;
  /** Keep it the same object while the log is the same; give the view a `key` that changes with it. */
  source: LogSource;
  /** The line of the permalink, from 1; null shows the end. */
  line?: number | null;
  onLine?: (line: number) => void;
}

/** A log of any length: follows its end, searches all of it on the server, keeps a few pages in memory. */
export function LogView({ name, source, line = null, onLine }: LogViewProps) {
  const pages = useMemo(() => new LogPages(source), [source]);
  useSyncExternalStore(pages.subscribe, pages.snapshot);
  useEffect(() => {
    void pages.refresh();
    return source.subscribe(() => void pages.refresh());
  }, [pages, source]);

  const { meta, error } = pages;
  if (!meta && error) {
    return (
      <ErrorNote
        title={`${name} could not be read`}
        message={error.message}
        onRetry={() => void pages.refresh()}
      />
    );
  }
  if (!meta) return <LoadingRows label={`Loading ${name}`} />;
  return <LogPane name={name} source={source} pages={pages} meta={meta} line={line} onLine={onLine} />;
}

interface LogPaneProps extends LogViewProps {
  pages: LogPages;
  meta: LogMeta;
  line: number | null;
}

function LogPane({ name, source, pages, meta, line, onLine }: LogPaneProps) {
  const [isFollowing, setIsFollowing] = useState(line === null);
  const [isWrapped, setIsWrapped] = useState(false);
  const scroll = useLogScroll({ lines: meta.lines, isWrapped, isFollowing, onFollow: setIsFollowing });
  const search = useLogSearch(source);
  const newLines = useNewLines(meta.lines, isFollowing);
  const pick = useCallback((index: number) => onLine?.(index + 1), [onLine]);
  const { first, last, shift } = scroll.shown;

  useEffect(() => pages.need(first, last));
  // biome-ignore lint/correctness/useExhaustiveDependencies: goes to the line when it is given, not whenever one scrolls
  useEffect(() => {
    if (line !== null && scroll.viewportHeight > 0) scroll.toLine(line - 1);
  }, [line, scroll.viewportHeight > 0]);

  const step = (by: 1 | -1) => {
    const found = search.step(by, scroll.topLine);
    if (found !== null) scroll.toLine(found);
  };
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
  const width = useWidestLine(rows.map((index) => pages.line(index)?.length ?? 0));
  return (
    <div className={classes.root}>
      <LogToolbar
        name={name}
        meta={meta}
        rawUrl={source.rawUrl}
        search={search}
        onStep={step}
        isFollowing={isFollowing}
        onFollow={setIsFollowing}
        isWrapped={isWrapped}
        onWrap={setIsWrapped}
        onStart={scroll.toStart}
      />
      {pages.error && <p className={classes.trouble}>The last read failed: {pages.error.message}</p>}
      {/* biome-ignore lint/a11y/useSemanticElements: a region that scrolls by its own keys */}
      <div
        ref={scroll.scroller}
        className={classes.scroller}
        data-wrapped={isWrapped || undefined}
        role="region"
        aria-label={`Text of ${name}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keyboard
        tabIndex={0}
        onScroll={scroll.onScroll}
        onKeyDown={scroll.onKeyDown}
      >
        <div className={classes.pane} style={{ height: scroll.viewportHeight || "100%" }}>
          {meta.lines === 0 && (
            <Empty title={meta.isComplete ? "This log is empty" : "Nothing written yet"} />
          )}
          <div
            className={classes.rows}
            style={{
              transform: `translateY(${shift}px)`,
              minWidth: isWrapped ? undefined : `calc(${width}ch + 90px)`,
            }}
          >
            {rows.map((index) => (
              <LogLine
                key={index}
                index={index}
                text={pages.line(index)}
                pattern={search.pattern}
                isTarget={index + 1 === line}
                isMatch={index === search.currentLine}
                onPick={pick}
              />
            ))}
          </div>
        </div>
        <div style={{ height: scroll.restHeight }} />
      </div>
      {newLines > 0 && (
        <button type="button" className={classes.pill} onClick={() => setIsFollowing(true)}>
          ↓ {plural(newLines, "new line")}
        </button>
      )}
    </div>
  );
}

/** Lines that came since the reader left the end. */
function useNewLines(lines: number, isFollowing: boolean): number {
  const [seen, setSeen] = useState(lines);
  if (isFollowing && seen !== lines) setSeen(lines);
  return isFollowing ? 0 : Math.max(0, lines - seen);
}

/** The longest line drawn so far, so that the width never shrinks while one scrolls. */
function useWidestLine(lengths: readonly number[]): number {
  const [widest, setWidest] = useState(0);
  const now = Math.max(widest, ...lengths);
  if (now > widest) setWidest(now);
  return now;
}
