import { useEffect, useMemo, useState } from "react";
import { searchPattern } from "./ansi";
import type { LogMatches, LogSource } from "./source";

const DELAY_MS = 250;

export interface LogSearch {
  text: string;
  setText: (text: string) => void;
  isRegex: boolean;
  setIsRegex: (isRegex: boolean) => void;
  isBusy: boolean;
  error: string | null;
  found: LogMatches | null;
  /** Marks what matches in the lines that are drawn. */
  pattern: RegExp | null;
  /** The line of the match one is at. */
  currentLine: number | null;
  /** Its number among the listed matches, from 1. */
  currentNumber: number | null;
  /** Goes to the next (1) or previous (−1) match, round the ends; returns its line. */
  step: (by: 1 | -1, from: number) => number | null;
}

/** A search over the whole log by the server, a moment after the last key. */
export function useLogSearch(source: LogSource): LogSearch {
  const [text, setText] = useState("");
  const [isRegex, setIsRegex] = useState(false);
  const [answer, setAnswer] = useState<{
    key: string;
    found: LogMatches | null;
    error: string | null;
  } | null>(null);
  const [currentLine, setCurrentLine] = useState<number | null>(null);
  const key = `${isRegex} ${text}`;

  useEffect(() => {
    setCurrentLine(null);
    if (!text) return setAnswer(null);
    let isCurrent = true;
    const timer = setTimeout(() => {
      source.search(text, isRegex).then(
        (found) => isCurrent && setAnswer({ key, found, error: null }),
        (error: unknown) => isCurrent && setAnswer({ key, found: null, error: reason(error) }),
      );
    }, DELAY_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [source, text, isRegex, key]);

  const pattern = useMemo(() => searchPattern(text, isRegex), [text, isRegex]);
  const matches = answer?.found?.matches ?? [];
  const at = currentLine === null ? -1 : matches.indexOf(currentLine);
  const step = (by: 1 | -1, from: number) => {
    const near = at >= 0 ? at + by : firstNear(matches, by, from);
    const line = matches.at(near % matches.length) ?? null;
    setCurrentLine(line);
    return line;
  };
  return {
    text,
    setText,
    isRegex,
    setIsRegex,
    isBusy: text !== "" && answer?.key !== key,
    error: answer?.error ?? null,
    found: answer?.found ?? null,
    pattern,
    currentLine,
    currentNumber: at >= 0 ? at + 1 : null,
    step,
  };
}

/** Index of the first match at or below line `from`, or of the last above it when going up. */
function firstNear(matches: readonly number[], by: 1 | -1, from: number): number {
  const below = matches.findIndex((line) => line >= from);
  if (by === 1) return Math.max(below, 0);
  return below < 0 ? matches.length - 1 : below - 1;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
