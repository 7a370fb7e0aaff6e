import { Button, Select } from "@mantine/core";
import { IconDownload, IconPlayerPlay } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "~/api/client";
import { downloadText, fileName } from "~/lib/download";
import { formatExact, formatNumber } from "~/lib/format";
import { CopyButton } from "~/ui/CopyButton";
import { DiffView } from "~/ui/DiffView";
import { Empty } from "~/ui/Empty";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingBlock } from "~/ui/Loading";
import { notify } from "~/ui/notify";
import { YamlEditor } from "~/ui/YamlEditor";
import classes from "./hpsearch.module.css";
import type { SearchViewProps } from "./types";
import views from "./views.module.css";

/** The best trial's config, what it changes in the search's own, and a button that runs it again. */
export function BestView({ search }: SearchViewProps) {
  const answer = api.useQuery(
    "get",
    "/hpsearch/{search_id}/best",
    { params: { path: { search_id: search.id } } },
    { enabled: search.best_number !== null },
  );
  if (search.best_number === null)
    return (
      <Empty title="There is no best trial yet">
        {search.objectives.length === 0
          ? "The search has no `objective:`, so that no trial is better than another."
          : "It will stand here as soon as a trial has ended with a value that keeps all constraints."}
      </Empty>
    );
  if (answer.error)
    return (
      <ErrorNote
        title="The best config could not be read"
        message={answer.error.message}
        onRetry={() => void answer.refetch()}
      />
    );
  if (!answer.data) return <LoadingBlock label="Loading the best config" />;
  const { number, value, task_id, config_text, base_text } = answer.data;
  return (
    <section className={`card ${views.config}`} aria-label="Best config">
      <div className={views.trialsHead}>
        <span>
          Trial <strong>{number}</strong>, {search.objectives[0]?.metric}{" "}
          <strong className="numeric" title={formatExact(value)}>
            {formatNumber(value)}
          </strong>
        </span>
        <span className={classes.spacer} />
        <RunAgain taskId={task_id} name={`${search.name}_best`} platform={search.platform} />
        <CopyButton value={config_text} what="the best config" />
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconDownload size={14} aria-hidden />}
          onClick={() =>
            downloadText(fileName(`${search.name}-best`, "yaml"), config_text, "application/yaml")
          }
        >
          Download
        </Button>
      </div>
      <div className={views.bestParts}>
        <YamlEditor value={config_text} label="The best config" isReadOnly height="52vh" />
        <DiffView before={base_text} after={config_text} label="What the best config changes" />
      </div>
    </section>
  );
}

/** Runs the best config once more, to its end, on any platform. */
function RunAgain({ taskId, name, platform }: { taskId: number; name: string; platform: string }) {
  const navigate = useNavigate();
  const platforms = api.useQuery("get", "/platforms");
  const [chosen, setChosen] = useState(platform);
  const names = platforms.data?.items.map((one) => one.name) ?? [platform];
  const clone = api.useMutation("post", "/tasks/{task_id}/clone", {
    onSuccess: ({ tasks }) => {
      const [task] = tasks;
      notify("success", "It runs again", task && `${task.name} #${task.id}`);
      if (task) void navigate({ to: "/ui/tasks", search: { task: task.id } });
    },
    onError: (error) => notify("error", "It could not be run again", error.message),
  });
  return (
    <>
      <Select
        size="xs"
        w={150}
        aria-label="Platform to run it on"
        data={names}
        value={chosen}
        onChange={(next) => setChosen(next ?? platform)}
        allowDeselect={false}
      />
      <Button
        size="compact-sm"
        leftSection={<IconPlayerPlay size={14} aria-hidden />}
        loading={clone.isPending}
        onClick={() =>
          clone.mutate({ params: { path: { task_id: taskId } }, body: { platform: chosen, name } })
        }
      >
        Run it again
      </Button>
    </>
  );
}
