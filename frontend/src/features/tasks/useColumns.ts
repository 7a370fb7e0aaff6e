import { useMemo, useState } from "react";
import { api } from "~/api/client";
import { columnSpec, defaultColumns } from "./columnCatalogue";
import { type ColumnChoice, fittingColumns, formatColumns, parseColumns } from "./columnState";
import type { IndexedTask } from "./useTaskRows";

const STORAGE_KEY = "hypertrainer.columns";

export interface Columns {
  choices: readonly ColumnChoice[];
  /** The user chose them; otherwise they follow the room there is. */
  isChosen: boolean;
}

/** The columns to show: those of the URL, else those kept in this browser, else the defaults that fit. */
export function useColumns(
  fromUrl: string | undefined,
  width: number,
  entries: readonly IndexedTask[],
): Columns {
  const metric = useCommonMetric(entries);
  const text = fromUrl ?? storedColumns();
  return useMemo(() => {
    const chosen = parseColumns(text ?? "").filter(({ id }) => columnSpec(id) !== null);
    if (chosen.length > 0) return { choices: chosen, isChosen: true };
    return { choices: fittingColumns(defaultColumns(metric), width), isChosen: false };
  }, [text, metric, width]);
}

/** The metric that most tasks have, or while that is not known the first of a loaded one; once found it stays. */
function useCommonMetric(entries: readonly IndexedTask[]): string | null {
  const catalogue = api.useQuery("get", "/tasks/columns");
  const [metric, setMetric] = useState<string | null>(null);
  if (metric !== null || catalogue.isPending) return metric;
  const listed = catalogue.data?.items.find(({ kind }) => kind === "metric")?.name;
  const found = listed ?? firstMetric(entries);
  if (found !== undefined) setMetric(found);
  return found ?? null;
}

function firstMetric(entries: readonly IndexedTask[]): string | undefined {
  const names = entries.flatMap(({ task }) => Object.entries(task.metrics));
  return names.find(([, { is_classwise }]) => !is_classwise)?.[0];
}

export function storedColumns(): string | undefined {
  try {
    return localStorage.getItem(STORAGE_KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the choice in this browser, where storage is allowed; undefined forgets it. Returns it as the URL has it. */
export function storeColumns(choices: readonly ColumnChoice[] | undefined): string | undefined {
  const text = choices && formatColumns(choices);
  try {
    if (text === undefined) localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, text);
  } catch {
    // A full or forbidden storage costs a preference, nothing else.
  }
  return text;
}
