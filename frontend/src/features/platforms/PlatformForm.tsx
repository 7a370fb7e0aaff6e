import { Button } from "@mantine/core";
import { IconStethoscope } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useId, useRef } from "react";
import { api, type Platform, type PlatformCheck, type PlatformType } from "~/api/client";
import { plural } from "~/lib/format";
import { yamlText } from "~/lib/yamlText";
import { CopyButton } from "~/ui/CopyButton";
import { ErrorNote } from "~/ui/ErrorNote";
import { notify } from "~/ui/notify";
import { YamlEditor } from "~/ui/YamlEditor";
import { CheckResult } from "./CheckResult";
import { Fields } from "./Fields";
import classes from "./form.module.css";
import { LeaveGuard } from "./LeaveGuard";
import { useDraftCheck } from "./useDraftCheck";
import { usePlatformDraft } from "./usePlatformDraft";

interface PlatformFormProps {
  type: PlatformType;
  /** The platform that is changed; undefined for a new one. */
  platform: Platform | undefined;
  /** Names of the others. */
  taken: readonly string[];
}

/** The settings of a platform, beside them what they become in platforms.yaml and what a check finds. */
export function PlatformForm({ type, platform, taken }: PlatformFormProps) {
  const draft = usePlatformDraft(type, platform, taken);
  const check = useDraftCheck(type.type, draft);
  const navigate = useNavigate();
  const cache = useQueryClient();
  const isSaved = useRef(false);
  const titleId = useId();
  const reasonId = useId();
  const refresh = () => cache.invalidateQueries({ queryKey: ["get", "/platforms"] });
  const look = api.useMutation("post", "/platforms/{name}/check", { onSettled: refresh });
  const outcome = {
    onSuccess: async () => {
      isSaved.current = true;
      await refresh();
      // What a check of the form found was about no platform yet.
      look.mutate({ params: { path: { name: draft.name } } });
      notify("success", platform ? `${draft.name} was changed` : `${draft.name} was added`);
      void navigate({ to: "/ui/platforms", search: { name: draft.name } });
    },
    onError: draft.sayRefused,
  };
  const add = api.useMutation("post", "/platforms", outcome);
  const change = api.useMutation("put", "/platforms/{name}", outcome);
  const save = platform ? change : add;
  const reason = whyNot(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason || save.isPending) return;
    const body = { type: type.type, settings: draft.settings };
    if (platform) change.mutate({ params: { path: { name: platform.name } }, body });
    else add.mutate({ body: { name: draft.name, ...body } });
  };
  const failure = save.error ?? check.error;
  const refusal = failure && draft.isMarked ? "Mend what is marked, then try again." : null;
  const label = platform ? `Edit ${platform.name}` : `Add: ${type.title}`;
  return (
    <form className={classes.form} onSubmit={submit} noValidate aria-labelledby={titleId}>
      <LeaveGuard isDirty={draft.isDirty && !save.isPending} isDone={isSaved} />
      <div className={`card ${classes.settings}`}>
        <header>
          <h2 id={titleId} className={classes.title}>
            {label}
          </h2>
          <p className={classes.about}>{type.description}</p>
        </header>
        <Fields type={type.type} draft={draft} isNew={!platform} />
      </div>
      <div className={classes.aside}>
        <YamlCard name={draft.name} type={type.type} settings={draft.settings} />
        <section className={`card ${classes.card}`} aria-label="Check and save">
          <p id={reasonId} className={classes.reason} role="status">
            {check.isPending ? "Looking at it…" : (reason ?? refusal ?? checkedWords(check.found))}
          </p>
          <div className={classes.buttons}>
            <Button
              variant="default"
              renderRoot={(props) => (
                <Link to="/ui/platforms" search={platform ? { name: platform.name } : {}} {...props} />
              )}
            >
              Cancel
            </Button>
            <span className={classes.spacer} />
            <Button
              variant="default"
              leftSection={<IconStethoscope size={16} aria-hidden />}
              loading={check.isPending}
              aria-disabled={draft.hasLocalProblem || undefined}
              data-disabled={draft.hasLocalProblem || undefined}
              onClick={() => !draft.hasLocalProblem && check.run()}
            >
              Check
            </Button>
            <Button
              type="submit"
              loading={save.isPending}
              aria-disabled={reason !== null || undefined}
              data-disabled={reason !== null || undefined}
              aria-describedby={reasonId}
            >
              Save
            </Button>
          </div>
          <CheckResult check={check} />
          {failure && draft.other.length > 0 && (
            <ErrorNote
              title={save.error ? "It was not saved" : "It could not be checked"}
              message={draft.other.join("\n")}
            />
          )}
        </section>
      </div>
    </form>
  );
}

function YamlCard({
  name,
  type,
  settings,
}: {
  name: string;
  type: string;
  settings: Record<string, unknown>;
}) {
  const text = yamlText({ platforms: { [name || "NAME"]: { type, ...settings } } });
  return (
    <section className={`card ${classes.card}`} aria-label="In platforms.yaml">
      <div className={classes.yamlHead}>
        <h3 className={classes.groupTitle}>In platforms.yaml</h3>
        <CopyButton value={text} what="the YAML" />
      </div>
      <YamlEditor
        label="What will stand in platforms.yaml"
        value={text}
        isReadOnly
        height={Math.min(320, 18 * text.split("\n").length + 10)}
      />
    </section>
  );
}

function whyNot(draft: ReturnType<typeof usePlatformDraft>): string | null {
  if (draft.hasLocalProblem) return "Something in the form cannot be read.";
  if (draft.name === "") return "Give it a name.";
  return draft.nameProblem ? "Give it another name." : null;
}

function checkedWords(found: PlatformCheck | undefined): string {
  if (!found) return "Not checked yet.";
  if (found.host_key) return "Its host key waits to be accepted.";
  return found.problems.length > 0
    ? `${plural(found.problems.length, "problem")} found.`
    : "Checked, and ready to be saved.";
}
