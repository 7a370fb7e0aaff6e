import { Button, Chip, Group, Input, Modal, Stack, TagsInput, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Task } from "~/api/client";
import { plural } from "~/lib/format";
import { ErrorNote } from "~/ui/ErrorNote";
import { notify } from "~/ui/notify";

/** More than these would be a list to read, not to press. */
const MOST_OFFERED = 16;

interface TagDialogProps {
  /** Which of the two is asked for; null while the dialog is closed. */
  kind: "tag" | "project" | null;
  ids: readonly number[];
  /** Those of the tasks that were loaded; they tell which tags there are to remove. */
  known: readonly Task[];
  onClose: () => void;
}

/** Adds and removes tags of many tasks, or moves them to a project. */
export function TagDialog({ kind, ids, known, onClose }: TagDialogProps) {
  if (kind === null) return null;
  const what = plural(ids.length, "task");
  return (
    <Modal
      opened
      onClose={onClose}
      title={kind === "tag" ? `Tags of ${what}` : `Project of ${what}`}
      size="sm"
    >
      {kind === "tag" ? (
        <TagForm ids={ids} known={known} onClose={onClose} />
      ) : (
        <ProjectForm ids={ids} known={known} onClose={onClose} />
      )}
    </Modal>
  );
}

type FormProps = Omit<TagDialogProps, "kind">;

function TagForm({ ids, known, onClose }: FormProps) {
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  const tags = api.useQuery("get", "/tags");
  const present = [...new Set(known.flatMap((task) => task.tags))].sort();
  const tagging = useTagging(onClose);
  return (
    <Stack gap="sm">
      <TagsInput
        label="Add"
        placeholder="Enter after each"
        value={add}
        onChange={setAdd}
        maxTags={50}
        data-autofocus
      />
      <Choices
        label="Tags in use, to add"
        options={tags.data?.items.slice(0, MOST_OFFERED).map(({ tag }) => tag) ?? []}
        chosen={add}
        onChange={setAdd}
      />
      {present.length > 0 && (
        <Input.Wrapper label="Remove">
          <Choices label="Tags to remove" options={present} chosen={remove} onChange={setRemove} />
        </Input.Wrapper>
      )}
      <Outcome tagging={tagging} onClose={onClose} isEmpty={add.length + remove.length === 0}>
        {() => tagging.mutate({ body: { ids: [...ids], add, remove } })}
      </Outcome>
    </Stack>
  );
}

function ProjectForm({ ids, known, onClose }: FormProps) {
  const [first] = known;
  const isCommon = known.length === ids.length && known.every(({ project }) => project === first?.project);
  const [project, setProject] = useState(isCommon ? (first?.project ?? "") : "");
  const projects = api.useQuery("get", "/projects");
  const named = projects.data?.items.map(({ name }) => name).filter((name) => name !== "") ?? [];
  const tagging = useTagging(onClose);
  return (
    <Stack gap="sm">
      <TextInput
        label="Project"
        description="A new name makes a new project; nothing takes them out of any"
        value={project}
        onChange={(event) => setProject(event.currentTarget.value)}
        maxLength={100}
        data-autofocus
      />
      <Choices
        label="Projects there are"
        options={named.slice(0, MOST_OFFERED)}
        chosen={[project]}
        onChange={(names) => setProject(names.at(-1) ?? "")}
      />
      <Outcome tagging={tagging} onClose={onClose} isEmpty={false}>
        {() => tagging.mutate({ body: { ids: [...ids], add: [], remove: [], project: project.trim() } })}
      </Outcome>
    </Stack>
  );
}

interface ChoicesProps {
  label: string;
  options: readonly string[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

/** What there is already, to press instead of typing. */
function Choices({ label, options, chosen, onChange }: ChoicesProps) {
  if (options.length === 0) return null;
  return (
    <Chip.Group multiple value={[...chosen]} onChange={onChange}>
      <Group gap={4} role="group" aria-label={label}>
        {options.map((option) => (
          <Chip key={option} value={option} size="xs" variant="outline">
            {option}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  );
}

function useTagging(onClose: () => void) {
  const cache = useQueryClient();
  return api.useMutation("post", "/tasks/tag", {
    onSuccess: ({ results }) => {
      const failed = results.filter(({ ok }) => !ok);
      const done = results.length - failed.length;
      if (done > 0) notify("success", `${plural(done, "task")} changed`);
      if (failed.length > 0) {
        const reasons = failed.map(({ id, message }) => `#${id}: ${message}`).join("\n");
        notify("error", `${plural(failed.length, "task")} unchanged`, reasons);
      }
      for (const path of ["/tasks", "/tags", "/projects"]) {
        void cache.invalidateQueries({ queryKey: ["get", path] });
      }
      onClose();
    },
  });
}

interface OutcomeProps {
  tagging: { error: { message: string } | null; isPending: boolean };
  onClose: () => void;
  isEmpty: boolean;
  /** Saves. */
  children: () => void;
}

function Outcome({ tagging, onClose, isEmpty, children }: OutcomeProps) {
  return (
    <>
      {tagging.error && <ErrorNote message={tagging.error.message} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button loading={tagging.isPending} disabled={isEmpty} onClick={children}>
          Save
        </Button>
      </Group>
    </>
  );
}
