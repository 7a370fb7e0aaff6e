import { Button, Group, Modal, NumberInput, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { http } from "~/api/client";
import { ApiError } from "~/api/errors";
import { useSearchAssist } from "~/api/useSearchAssist";
import type { SearchDetail } from "~/features/hpsearch/types";
import { ErrorNote } from "~/ui/ErrorNote";
import { notify } from "~/ui/notify";
import { Quoted } from "~/ui/Quoted";
import { YamlEditor } from "~/ui/YamlEditor";
import classes from "./actions.module.css";
import { draftOf, type EditDraft, editOf, type SearchEdit } from "./edit";
import { useSearchChanged } from "./useSearchChanged";

interface EditDialogProps {
  search: SearchDetail;
  isOpen: boolean;
  onClose: () => void;
}

const CHECK_AFTER_MS = 500;

/** Changes a search, running or not. The server checks while one types; saving changes it for the trials to come. */
export function EditDialog({ search, isOpen, onClose }: EditDialogProps) {
  const [draft, setDraft] = useState(() => draftOf(search));
  const [original] = useState(search);
  const change = (fields: Partial<EditDraft>) => setDraft((before) => ({ ...before, ...fields }));
  const edit = editOf(draft, original);
  const check = useCheck(search.id, edit);
  const onChanged = useSearchChanged();
  const assist = useSearchAssist();
  const save = useMutation({
    mutationFn: (body: SearchEdit) => patched(search.id, body, false),
    onSuccess: (fresh) => {
      onClose();
      onChanged(fresh);
      notify("success", `${fresh.name} is changed`);
    },
  });
  const problems = problemsOf(save.error ?? check.error);
  return (
    <Modal opened={isOpen} onClose={onClose} title={`Edit ${original.name}`} size="xl">
      <div className={classes.editFields}>
        <Details draft={draft} onChange={change} />
        <NumberInput
          label="Trials"
          min={1}
          max={100_000}
          allowDecimal={false}
          value={draft.n_trials ?? ""}
          onChange={(n) => change({ n_trials: typeof n === "number" ? n : null })}
        />
        <NumberInput
          label="At the same time"
          placeholder="no limit"
          min={1}
          allowDecimal={false}
          value={draft.max_concurrent ?? ""}
          onChange={(n) => change({ max_concurrent: typeof n === "number" ? n : null })}
        />
      </div>
      <p className={classes.editHint}>
        Of the YAML only <code className="mono">hpsearch:</code> may change. Trials that still fit the new
        ranges are used further; the others stay, and are no longer learned from.
      </p>
      <YamlEditor
        label={`Config of ${original.name}`}
        value={draft.config_text}
        onChange={(config_text) => change({ config_text })}
        diagnostics={problems.flatMap(({ line, column, message }) =>
          line ? [{ line, column: column ?? 1, message, severity: "error" as const }] : [],
        )}
        assist={assist}
        height={320}
      />
      <ul className={classes.problems} aria-live="polite" aria-label="Problems">
        {problems.map(({ path, line, column, message }) => (
          <li key={`${path} ${line} ${message}`}>
            {line ? (
              <span className="dim">
                Line {line}, column {column ?? 1}{" "}
              </span>
            ) : null}
            <Quoted text={message} />
          </li>
        ))}
      </ul>
      {save.error && problems.length === 0 && (
        <ErrorNote title="It was not changed" message={save.error.message} />
      )}
      <Group justify="flex-end" gap="xs" mt="md">
        <span className="dim" role="status">
          {verdict(edit, check)}
        </span>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          loading={save.isPending}
          disabled={edit === null || check.error !== null}
          onClick={() => edit && save.mutate(edit)}
        >
          Save
        </Button>
      </Group>
    </Modal>
  );
}

function Details({ draft, onChange }: { draft: EditDraft; onChange: (fields: Partial<EditDraft>) => void }) {
  return (
    <>
      <TextInput
        label="Name"
        maxLength={200}
        value={draft.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <TextInput
        label="Project"
        maxLength={100}
        value={draft.project}
        onChange={(event) => onChange({ project: event.currentTarget.value })}
      />
      <Textarea
        className={classes.editNotes}
        label="Notes"
        autosize
        minRows={1}
        maxRows={4}
        value={draft.notes}
        onChange={(event) => onChange({ notes: event.currentTarget.value })}
      />
    </>
  );
}

/** What the server says of an edit, asked when the typing rests. */
function useCheck(searchId: number, edit: SearchEdit | null) {
  const [body] = useDebouncedValue(edit === null ? null : JSON.stringify(edit), CHECK_AFTER_MS);
  const isAsked = edit !== null && body === JSON.stringify(edit);
  const answer = useQuery({
    queryKey: ["checked edit", searchId, body],
    enabled: isAsked,
    retry: false,
    queryFn: async ({ signal }) => (edit ? patched(searchId, edit, true, signal) : null),
  });
  return { error: isAsked ? answer.error : null, isPending: edit !== null && (!isAsked || answer.isPending) };
}

async function patched(search_id: number, body: SearchEdit, dry_run: boolean, signal?: AbortSignal) {
  const params = { path: { search_id }, query: { dry_run } };
  const { data } = await http.PATCH("/hpsearch/{search_id}", { params, body, signal });
  if (data === undefined) throw new Error("The server's answer was empty.");
  return data;
}

function problemsOf(error: unknown) {
  if (!(error instanceof ApiError))
    return error ? [{ path: "", message: String(error), line: null, column: null }] : [];
  return error.fields.length > 0
    ? error.fields
    : [{ path: "", message: error.message, line: null, column: null }];
}

function verdict(edit: SearchEdit | null, check: ReturnType<typeof useCheck>): string {
  if (edit === null) return "Nothing is changed yet.";
  if (check.isPending) return "Checking…";
  return check.error ? "" : "The server would accept this.";
}
