/** Where a log comes from. Lines count from 0; each is as a terminal would draw it. */
export interface LogSource {
  meta(): Promise<LogMeta>;
  /** At most `count` lines from line `start`. */
  lines(start: number, count: number): Promise<LogPage>;
  /** Searches the whole log. Rejects with the reason for a pattern that is no regular expression. */
  search(pattern: string, isRegex: boolean): Promise<LogMatches>;
  /** Calls back when the log may have grown or changed; returns what ends that. */
  subscribe(onChange: () => void): () => void;
  /** Downloads the log as it is. */
  rawUrl: string;
}

export interface LogMeta {
  /** Bytes. */
  size: number;
  lines: number;
  /** The task has ended: nothing more will come. */
  isComplete: boolean;
}

export interface LogPage {
  start: number;
  lines: string[];
  /** Lines in the log now. */
  total: number;
}

export interface LogMatches {
  /** The first matching lines, ascending. */
  matches: number[];
  /** All matching lines in what was searched. */
  total: number;
  /** There are more matches than listed, or the search ran out of time. */
  truncated: boolean;
}
