import { Button } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { type FormEvent, useEffect, useId, useState } from "react";
import { api, type TaskPreview } from "~/api/client";
import { ErrorNote } from "~/ui/ErrorNote";
import { Quoted } from "~/ui/Quoted";
import { Changes } from "./Changes";
import { ConfigSection } from "./ConfigSection";
import { DetailsSection } from "./DetailsSection";
import { type Draft, draftOf, EMPTY_DRAFT, isWorthAsking, type Original, stemOf } from "./draft";
import { PreviewPanel } from "./PreviewPanel";
import { verdict } from "./placement";
import { isRefusal, type launched } from "./requests";
import classes from "./submit.module.css";
import { useSubmission } from "./useSubmission";

export type Launched = Awaited<ReturnType<typeof launched>>;

interface SubmitFormProps {
  original: Original | null;
  onClose: () => void;
  onLaunched: (result: Launched) => void;
  /** Whether closing would lose something. */
  onDirty: (isDirty: boolean) => void;
}

/** The form of the dialog, and below it what would be launched. */
export function SubmitForm({ original, onClose, onLaunched, onDirty }: SubmitFormProps) {
  const [start] = useState<Draft>(() => (original ? draftOf(original) : EMPTY_DRAFT));
  const [draft, setDraft] = useState(start);
  const change = (fields: Partial<Draft>) => setDraft((before) => ({ ...before, ...fields }));
  const file = api.useQuery(
    "get",
    "/files/content",
    { params: { query: { path: draft.config } } },
    { enabled: draft.source === "file" && draft.config !== "", retry: false, staleTime: 0 },
  );
  const content = file.data?.path === draft.config || file.isSuccess ? file.data?.text : undefined;
  const text =
    draft.source === "text" ? draft.written : (draft.edited ?? (draft.config ? (content ?? "") : ""));
  const submission = useSubmission(draft, original, text);
  const { placement, preview, keys, launch } = submission;
  const problem = submission.isReady ? verdict(placement) : null;
  const reason = submission.isReady ? (problem ?? placement.incomplete[0] ?? null) : missing(draft);
  const verdictId = useId();

  const isDirty = isWorthAsking(draft, start);
  useEffect(() => onDirty(isDirty), [isDirty, onDirty]);

  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (reason || launch.isPending) return;
    launch.mutate(submission.request, { onSuccess: onLaunched });
  };
  useHotkeys([["mod+Enter", () => submit()]], []);

  const namedScript = keys.find(({ path }) => path === "script")?.value ?? null;
  // While a change is being checked nobody knows how many tasks it makes.
  const label = reason || submission.isChecking ? "Submit" : labelOf(preview);
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <div className={classes.scroll}>
        <div className={classes.columns}>
          <ConfigSection
            draft={draft}
            onChange={change}
            original={original}
            content={content}
            contentError={file.error}
            placement={placement}
            namedScript={namedScript}
          />
          <DetailsSection
            draft={draft}
            onChange={change}
            placement={placement}
            keys={keys}
            defaultName={original?.task.name ?? nameOf(draft, namedScript)}
          />
        </div>
        <section className={classes.section} aria-label="Preview">
          <h3 className={classes.sectionTitle}>What will be launched</h3>
          <PreviewPanel
            preview={preview}
            forecast={submission.forecast}
            hint={submission.unreachable ?? hintOf(submission.isReady, problem)}
            platform={draft.platform}
            isChecking={submission.isChecking}
            isSeeded={keys.some(({ path }) => path === "hpsearch.seed")}
          />
        </section>
        {original && (
          <Changes draft={draft} original={original} after={preview?.config_text || draft.written} />
        )}
        {launch.error && !isRefusal(launch.error) && (
          <ErrorNote title="It was not launched" message={launch.error.message} onRetry={() => submit()} />
        )}
      </div>
      <footer className={classes.footer}>
        <p
          id={verdictId}
          className={classes.verdict}
          data-kind={problem ? "problem" : undefined}
          role="status"
        >
          {reason && <Quoted text={reason} />}
        </p>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          type="submit"
          className={classes.submit}
          loading={launch.isPending}
          aria-disabled={reason !== null || undefined}
          data-disabled={reason !== null || undefined}
          aria-describedby={verdictId}
        >
          {label}
        </Button>
      </footer>
    </form>
  );
}

function labelOf(preview: TaskPreview | undefined): string {
  const search = preview?.search;
  if (!preview || !search) return "Submit";
  const isLater = search.follows_results || search.max_concurrent !== null;
  return isLater ? "Start the search" : `Submit ${preview.num_tasks} tasks`;
}

function missing(draft: Draft): string {
  return draft.source === "file" ? "Choose a config, or write YAML." : "Write the YAML of the task.";
}

/** What the server will call the task: after the config, else after the script. */
function nameOf(draft: Draft, namedScript: string | null): string {
  const file = draft.source === "file" ? draft.config : draft.script || namedScript || "";
  return file ? stemOf(file) : "After the config";
}

/** What stands in the place of the preview while there is none. */
function hintOf(isReady: boolean, reason: string | null): string {
  if (!isReady) return "Shown here as soon as there is a config.";
  return reason ? "Nothing yet: something above is wrong." : "Asking the server…";
}
