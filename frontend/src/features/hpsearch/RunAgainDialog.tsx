import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useState } from "react";
import { api } from "~/api/client";
import { ErrorNote } from "~/ui/ErrorNote";
import { notify } from "~/ui/notify";
import type { SearchDetail, TrialRead } from "./types";

export interface PlatformField {
  value: string;
  onChange: (platform: string) => void;
  error: string | undefined;
}

interface RunAgainDialogProps {
  search: SearchDetail;
  trial: TrialRead;
  /** Draws the choice of a platform. */
  renderPlatform: (field: PlatformField) => ReactNode;
  /** Opens the whole form for a task instead. */
  onMore: (taskId: number) => void;
  onClose: () => void;
}

/** Runs a trial's config again as a task of its own, to its end: no rule of the search stops it. */
export function RunAgainDialog({ search, trial, renderPlatform, onMore, onClose }: RunAgainDialogProps) {
  const [name, setName] = useState(`${search.name}_${trial.number}_again`);
  const [platform, setPlatform] = useState(trial.platform || search.platform);
  const navigate = useNavigate();
  const cache = useQueryClient();
  const taskId = trial.task_id;
  const clone = api.useMutation("post", "/tasks/{task_id}/clone", {
    onSuccess: ({ tasks: [task] }) => {
      void cache.invalidateQueries({ queryKey: ["get"] });
      onClose();
      notify("success", `#${task?.id ?? ""} ${task?.name ?? ""} submitted`);
      void navigate({ to: "/ui/tasks", search: { task: task?.id } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (taskId === null || !name.trim()) return;
    clone.mutate({ params: { path: { task_id: taskId } }, body: { name: name.trim(), platform } });
  };
  return (
    <Modal opened onClose={onClose} title={`Run trial ${trial.number} again`} size="md">
      <form onSubmit={submit} noValidate>
        <p>
          Its config runs as a task of its own, at full length: no rule of {search.name} stops it, and its
          value is not the search's.
        </p>
        <TextInput
          label="Name"
          data-autofocus
          maxLength={200}
          value={name}
          error={name.trim() ? undefined : "A task needs a name."}
          onChange={(event) => setName(event.currentTarget.value)}
          mb="sm"
        />
        {renderPlatform({ value: platform, onChange: setPlatform, error: undefined })}
        {clone.error && <ErrorNote title="It was not launched" message={clone.error.message} />}
        <Group justify="flex-end" gap="xs" mt="md">
          {taskId !== null && (
            <Button variant="subtle" onClick={() => onMore(taskId)}>
              Change more…
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={clone.isPending}>
            Run it again
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
