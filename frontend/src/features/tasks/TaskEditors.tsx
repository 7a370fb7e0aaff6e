import { Autocomplete, Button, Group, TagsInput, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { api, type Task } from "~/api/client";
import classes from "./Details.module.css";
import { useTaskUpdate } from "./useTask";

/** What people add to a task: notes, tags, a project. */
export function TaskEditors({ task }: { task: Task }) {
  return (
    <section className={classes.section} aria-labelledby="details-notes">
      <h3 id="details-notes" className={classes.sectionTitle}>
        Notes, tags and project
      </h3>
      <NotesEditor task={task} />
      <TagsEditor task={task} />
      <ProjectEditor task={task} />
    </section>
  );
}

function NotesEditor({ task }: { task: Task }) {
  const [draft, setDraft] = useState<string | null>(null);
  const { save, isSaving } = useTaskUpdate(task);
  const close = () => setDraft(null);
  return (
    <>
      <Textarea
        size="sm"
        aria-label="Notes"
        placeholder="What was tried, and what came of it"
        autosize
        minRows={2}
        maxRows={14}
        maxLength={100_000}
        value={draft ?? task.notes}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && draft !== null)
            save({ notes: draft }, close);
        }}
      />
      <SaveButtons
        isChanged={draft !== null && draft !== task.notes}
        isSaving={isSaving}
        onSave={() => save({ notes: draft ?? "" }, close)}
        onCancel={close}
      >
        Save the notes
      </SaveButtons>
    </>
  );
}

function TagsEditor({ task }: { task: Task }) {
  const tags = api.useQuery("get", "/tags");
  const { save } = useTaskUpdate(task);
  return (
    <TagsInput
      mt="xs"
      size="xs"
      label="Tags"
      placeholder={task.tags.length === 0 ? "Enter after each" : undefined}
      data={tags.data?.items.map(({ tag }) => tag) ?? []}
      value={task.tags}
      onChange={(next) => save({ tags: next })}
      maxTags={50}
    />
  );
}

function ProjectEditor({ task }: { task: Task }) {
  const [draft, setDraft] = useState<string | null>(null);
  const projects = api.useQuery("get", "/projects");
  const { save, isSaving } = useTaskUpdate(task);
  const close = () => setDraft(null);
  return (
    <>
      <Autocomplete
        mt="xs"
        size="xs"
        label="Project"
        placeholder="None"
        maxLength={100}
        data={projects.data?.items.map(({ name }) => name).filter((name) => name !== "") ?? []}
        value={draft ?? task.project}
        onChange={setDraft}
      />
      <SaveButtons
        isChanged={draft !== null && draft.trim() !== task.project}
        isSaving={isSaving}
        onSave={() => save({ project: (draft ?? "").trim() }, close)}
        onCancel={close}
      >
        Save the project
      </SaveButtons>
    </>
  );
}

interface SaveButtonsProps {
  isChanged: boolean;
  isSaving: boolean;
  onSave: () => void;
  onCancel: () => void;
  children: ReactNode;
}

/** Only where there is something to save. */
function SaveButtons({ isChanged, isSaving, onSave, onCancel, children }: SaveButtonsProps) {
  if (!isChanged) return null;
  return (
    <Group gap="xs" mt={6}>
      <Button size="compact-sm" loading={isSaving} onClick={onSave}>
        {children}
      </Button>
      <Button size="compact-sm" variant="default" onClick={onCancel}>
        Cancel
      </Button>
    </Group>
  );
}
