import type { ReactNode } from "react";
import { CopyButton } from "./CopyButton";
import classes from "./KeyValue.module.css";

export interface KeyValueItem {
  label: string;
  value: ReactNode;
  isMono?: boolean;
  /** Adds a button that copies this text. */
  copy?: string;
}

interface KeyValueProps {
  items: readonly KeyValueItem[];
  /** `line`: pairs side by side on one wrapping line; `table`: one pair a row. */
  layout?: "line" | "table";
}

/** Facts as label and value. */
export function KeyValue({ items, layout = "table" }: KeyValueProps) {
  return (
    <dl className={layout === "line" ? classes.line : classes.table}>
      {items.map((item) => (
        <div key={item.label} className={classes.pair}>
          <dt className={classes.label}>{item.label}</dt>
          <dd className={`${classes.value} ${item.isMono ? "mono" : ""}`}>
            {item.value}
            {item.copy !== undefined && <CopyButton value={item.copy} what={item.label.toLowerCase()} />}
          </dd>
        </div>
      ))}
    </dl>
  );
}
