import type { FilterQuery } from "./searchParams";

export const EXPORT_FORMATS = ["csv", "json", "yaml", "parquet"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** More ids than this make a longer link than servers read. */
export const MOST_EXPORTED_IDS = 4000;

/** Where the export of a filter, or of certain tasks, is downloaded from. */
export function exportLink(format: ExportFormat, what: FilterQuery | { ids: readonly number[] }): string {
  const query = new URLSearchParams({ format });
  if ("ids" in what) query.set("archived", "any");
  for (const [name, value] of Object.entries(what)) {
    for (const item of Array.isArray(value) ? value : [value]) query.append(name, String(item));
  }
  return `/tasks/export?${query}`;
}
