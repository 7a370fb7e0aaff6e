import { Skeleton } from "@mantine/core";
import classes from "./states.module.css";

/** Grey rows in the place of a list or text that is on its way. */
export function LoadingRows({ rows = 6, label = "Loading" }: { rows?: number; label?: string }) {
  const widths = Array.from({ length: rows }, (_, index) => 60 + ((index * 37) % 40));
  return (
    <div className={classes.rows} role="status" aria-label={label}>
      {widths.map((width, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: identical grey bars have no other identity
        <Skeleton key={index} height={12} radius="sm" width={`${width}%`} />
      ))}
    </div>
  );
}

/** A grey block in the place of a chart or panel that is on its way. */
export function LoadingBlock({
  height = "100%",
  label = "Loading",
}: {
  height?: number | string;
  label?: string;
}) {
  return (
    <div role="status" aria-label={label} style={{ height, padding: 12 }}>
      <Skeleton height="100%" radius="sm" />
    </div>
  );
}
