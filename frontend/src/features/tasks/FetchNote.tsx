import { IconCloudDownload } from "@tabler/icons-react";
import type { Task } from "~/api/client";
import classes from "./TaskPanel.module.css";

/** Says that an ended task's logs and curves may not be complete yet. */
export function FetchNote({ task: { ended_at, is_mirrored, platform } }: { task: Task }) {
  if (ended_at === null || is_mirrored) return null;
  return (
    <p className={classes.fetching} role="status">
      <IconCloudDownload size={15} aria-hidden />
      Its output is still being fetched from {platform}: more may come.
    </p>
  );
}
