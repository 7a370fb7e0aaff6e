import type { LogFile } from "~/api/client";

/** The tabs that every task has beside its logs. */
export const FIXED_TABS = ["plots", "config", "details"] as const;
/** Where a script prints to; has its tab from the beginning. */
export const FIRST_LOG = "out.txt";

export interface LogTab {
  name: string;
  /** Bytes; null for a file that is not there (yet). */
  size: number | null;
}

/** A tab for every log; standard output always, and the open one even when the file is not there yet. */
export function logTabs(logs: readonly LogFile[], open: string | undefined): LogTab[] {
  const tabs: LogTab[] = logs.map(({ name, size }) => ({ name, size }));
  if (!tabs.some(({ name }) => name === FIRST_LOG)) tabs.unshift({ name: FIRST_LOG, size: null });
  const isMissing = open !== undefined && isLogName(open) && !tabs.some(({ name }) => name === open);
  return isMissing ? [...tabs, { name: open, size: null }] : tabs;
}

/** The tab to show: the one asked for where there is such a one, else standard output. */
export function shownTab(asked: string | undefined, files: readonly LogTab[]): string {
  const isThere =
    asked !== undefined &&
    (FIXED_TABS.some((tab) => tab === asked) || files.some(({ name }) => name === asked));
  return isThere ? asked : FIRST_LOG;
}

function isLogName(tab: string): boolean {
  return /\.(log|txt)$/.test(tab);
}
