import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { api, type Task } from "~/api/client";
import { downloadText, fileName } from "~/lib/download";
import { CopyButton } from "~/ui/CopyButton";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingBlock } from "~/ui/Loading";
import { YamlEditor } from "~/ui/YamlEditor";
import classes from "./TaskPanel.module.css";

/** The task's own config, as its script reads it. */
export function ConfigTab({ task }: { task: Task }) {
  const answer = api.useQuery("get", "/tasks/{task_id}/config", {
    params: { path: { task_id: task.id } },
    parseAs: "text",
  });
  if (answer.error)
    return (
      <div className={classes.config}>
        <ErrorNote
          title="The config could not be read"
          message={answer.error.message}
          onRetry={() => void answer.refetch()}
        />
      </div>
    );
  if (answer.data === undefined) return <LoadingBlock label="Loading the config" />;
  const text = String(answer.data);
  return (
    <div className={classes.config}>
      <div className={classes.configTools}>
        <span className="dim">
          {task.config === null ? "Pasted" : <code className="mono">{task.config}</code>} with what the server
          added
        </span>
        <span className={classes.spacer} />
        <CopyButton value={text} what="the config" />
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconDownload size={13} aria-hidden />}
          onClick={() => downloadText(fileName(`${task.name}-${task.id}`, "yaml"), text, "application/yaml")}
        >
          Download
        </Button>
      </div>
      <div className={classes.editor}>
        <YamlEditor value={text} label={`Config of ${task.name} #${task.id}`} isReadOnly height="100%" />
      </div>
    </div>
  );
}
