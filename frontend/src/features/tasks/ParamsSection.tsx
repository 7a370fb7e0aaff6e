import { TextInput } from "@mantine/core";
import { useState } from "react";
import { plural } from "~/lib/format";
import classes from "./Details.module.css";
import { valueText } from "./TaskCells";

/** More rows than this get a filter. */
const MANY = 12;

/** All parameters by their dotted paths. */
export function ParamsSection({ params }: { params: Record<string, unknown> }) {
  const rows = Object.entries(params).map(([name, value]) => ({ name, value: valueText(value) }));
  return (
    <FilteredTable title={plural(rows.length, "parameter")} id="details-params" rows={rows} names="Path" />
  );
}

interface FilteredTableProps {
  title: string;
  /** Of the heading in the document. */
  id: string;
  rows: readonly { name: string; value: string }[];
  /** What the first column holds. */
  names: string;
}

/** Names and values, narrowed by a text where there are many. */
export function FilteredTable({ title, id, rows, names }: FilteredTableProps) {
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const shown = rows.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(wanted));
  if (rows.length === 0) return null;
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div className={classes.sectionTitle}>
        <h3 id={id} className={classes.sectionTitle}>
          {title}
        </h3>
        <span className={classes.spacer} />
        {rows.length > MANY && (
          <TextInput
            size="xs"
            w={180}
            type="search"
            aria-label={`Filter: ${title}`}
            placeholder="Filter"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keyboard */}
      <section className={classes.longTable} aria-label={`List of ${title}`} tabIndex={0}>
        <table className={classes.table}>
          <thead className="visually-hidden">
            <tr>
              <th>{names}</th>
              <th>Value</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ name, value }) => (
              <tr key={name}>
                <td className="mono">{name}</td>
                <td className="mono">{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {shown.length === 0 && <p className="dim">Nothing matches.</p>}
      </section>
    </section>
  );
}
