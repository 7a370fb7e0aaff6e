import { IconCloudDownload, IconPlugConnectedX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { api, type Task } from "~/api/client";
import { isActive } from "~/lib/statuses";
import { Age } from "~/ui/Ticking";
import classes from "./TaskPanel.module.css";

/** Says where what is shown of a task may be old or incomplete, because of where it runs. */
export function PlaceNote({ task }: { task: Task }) {
  const { status, ended_at, is_mirrored, platform } = task;
  if (isActive(status)) return <SilenceNote task={task} />;
  if (ended_at === null || is_mirrored) return null;
  return (
    <p className={classes.place} role="status">
      <IconCloudDownload size={15} aria-hidden />
      <span>Its output is still being fetched from {platform}: more may come.</span>
    </p>
  );
}

/** A platform that cannot be asked leaves its tasks as they were. */
function SilenceNote({ task: { platform, last_seen_at, started_at } }: { task: Task }) {
  const platforms = api.useQuery("get", "/platforms");
  const condition = platforms.data?.items.find(({ name }) => name === platform)?.condition;
  if (condition !== "unreachable" && condition !== "auth_needed") return null;
  return (
    <p className={classes.place} role="status">
      <IconPlugConnectedX size={15} aria-hidden />
      <span>
        <Link to="/ui/platforms" search={{ name: platform }}>
          {platform}
        </Link>{" "}
        {condition === "unreachable" ? "does not answer" : "lets nobody in until somebody has seen to it"}.
        {started_at !== null && last_seen_at !== null && (
          <>
            {" "}
            What is shown is <Age time={last_seen_at} /> old; the task goes on there.
          </>
        )}
      </span>
    </p>
  );
}
