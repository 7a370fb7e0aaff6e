import { Button } from "@mantine/core";
import { useState } from "react";
import { useTrialSelection } from "~/features/hpsearch/selection";
import { plural } from "~/lib/format";
import classes from "./charts.module.css";

/** A chart as text: a row per trial, whose first cell is its number. */
export interface TableData {
  head: readonly string[];
  rows: readonly { number: number; cells: readonly string[] }[];
}

const FIRST_ROWS = 200;

/** What a chart shows, for who would rather read it. */
export function ChartTable({ title, head, rows }: TableData & { title: string }) {
  const [numShown, setNumShown] = useState(FIRST_ROWS);
  const { highlighted, setHighlighted } = useTrialSelection();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it
    <section className={classes.tableScroller} aria-label={`${title}, as a table`} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Trial</th>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, numShown).map(({ number, cells }) => (
            <tr key={number} data-marked={number === highlighted || undefined}>
              <td>
                <button type="button" className={classes.link} onClick={() => setHighlighted(number)}>
                  {number}
                </button>
              </td>
              {cells.map((cell, index) => (
                <td key={head[index]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > numShown && (
        <Button variant="subtle" size="compact-sm" m="xs" onClick={() => setNumShown(rows.length)}>
          Show {plural(rows.length - numShown, "more trial")}
        </Button>
      )}
    </section>
  );
}
