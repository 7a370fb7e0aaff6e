import { type ColumnSpec, columnSpec } from "./columnCatalogue";
import type { ColumnChoice } from "./columnState";

/** The check box at the start of every row. */
export const CHECK_WIDTH = 36;

/** A shown column with what is known of it. */
export interface ShownColumn extends ColumnSpec {
  chosenWidth: number | undefined;
}

export function shownColumns(choices: readonly ColumnChoice[]): ShownColumn[] {
  return choices.flatMap(({ id, width }) => {
    const spec = columnSpec(id);
    return spec ? [{ ...spec, chosenWidth: width }] : [];
  });
}

/** The widths of a row's cells for CSS grid: chosen ones as they are, the rest shares what room is left. */
export function gridTemplate(columns: readonly ShownColumn[]): string {
  const widths = columns.map(({ chosenWidth, width, grow }) => {
    if (chosenWidth !== undefined) return `${chosenWidth}px`;
    return grow ? `minmax(${width}px, ${grow}fr)` : `${width}px`;
  });
  return `${CHECK_WIDTH}px ${widths.join(" ")}`;
}

/** The least width of a row; a narrower table scrolls sideways. */
export function leastWidth(columns: readonly ShownColumn[]): number {
  return columns.reduce((sum, { chosenWidth, width }) => sum + (chosenWidth ?? width), CHECK_WIDTH);
}
