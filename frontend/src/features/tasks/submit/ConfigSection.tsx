import { Button, SegmentedControl } from "@mantine/core";
import { IconAlertTriangle, IconCircleX, IconFolderOff, IconRestore } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { api } from "~/api/client";
import { useSearchAssist } from "~/api/useSearchAssist";
import { ConfirmDialog } from "~/ui/ConfirmDialog";
import { CopyButton } from "~/ui/CopyButton";
import { Empty } from "~/ui/Empty";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingBlock } from "~/ui/Loading";
import { Quoted } from "~/ui/Quoted";
import { type Diagnostic, YamlEditor } from "~/ui/YamlEditor";
import type { Draft, Original } from "./draft";
import { FileSelect } from "./FileSelect";
import type { Placement } from "./placement";
import classes from "./submit.module.css";

interface ConfigSectionProps {
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
  original: Original | null;
  /** The chosen file's own text; undefined while it is read. */
  content: string | undefined;
  contentError: { message: string } | null;
  placement: Placement;
  /** The script that the YAML names. */
  namedScript: string | null;
}

const EDITOR_HEIGHT = 300;
const SOURCES: { value: Draft["source"]; label: string }[] = [
  { value: "file", label: "From a file" },
  { value: "text", label: "Write YAML" },
];

/** Where the YAML and the script come from, and the YAML itself. */
export function ConfigSection(props: ConfigSectionProps) {
  const { draft, onChange, original, placement, namedScript } = props;
  const [wanted, setWanted] = useState<string | null>(null);
  const isFile = draft.source === "file";
  const choose = (config: string) =>
    draft.edited === null ? onChange({ config, edited: null }) : setWanted(config);
  const scriptHint = namedScript ? `${namedScript}, as the YAML says` : "train.py";
  return (
    <div className={classes.column}>
      {!original && (
        <SegmentedControl
          aria-label="Where the YAML comes from"
          size="xs"
          data={SOURCES}
          value={draft.source}
          onChange={(source) => onChange({ source })}
          style={{ alignSelf: "flex-start" }}
        />
      )}
      <div className={isFile ? classes.files : undefined}>
        {isFile && (
          <FileSelect
            kind="config"
            label="Config"
            placeholder="Choose a YAML file"
            isAutofocused
            value={draft.config}
            onChange={choose}
            error={placement.fields.config}
          />
        )}
        <FileSelect
          kind="script"
          label="Script"
          placeholder={scriptHint}
          isAutofocused={!isFile}
          value={draft.script}
          onChange={(script) => onChange({ script })}
          error={placement.fields.script}
        />
      </div>
      <ConfigText {...props} />
      {wanted !== null && (
        <ConfirmDialog
          isOpen
          title="Throw away your edits?"
          confirmLabel="Throw away"
          isDangerous
          onCancel={() => setWanted(null)}
          onConfirm={() => {
            onChange({ config: wanted, edited: null });
            setWanted(null);
          }}
        >
          What you changed in {draft.config} is not saved anywhere.
        </ConfirmDialog>
      )}
    </div>
  );
}

function ConfigText(props: ConfigSectionProps) {
  const { draft, onChange, original, content, contentError, placement } = props;
  if (draft.source === "text") {
    const isChanged = original !== null && draft.written !== original.text;
    return (
      <Editor
        title="YAML"
        value={draft.written}
        placement={placement}
        onChange={(written) => onChange({ written })}
        onRevert={isChanged ? () => onChange({ written: original.text }) : undefined}
      />
    );
  }
  if (!draft.config) return <PathHint onWrite={() => onChange({ source: "text" })} />;
  if (contentError)
    return <ErrorNote title={`${draft.config} could not be read`} message={contentError.message} />;
  if (content === undefined) return <LoadingBlock height={EDITOR_HEIGHT} label={`Reading ${draft.config}`} />;
  return (
    <Editor
      key={draft.config}
      title={draft.config}
      value={draft.edited ?? content}
      placement={placement}
      onChange={(text) => onChange({ edited: text === content ? null : text })}
      onRevert={draft.edited === null ? undefined : () => onChange({ edited: null })}
    />
  );
}

interface EditorProps {
  title: string;
  value: string;
  placement: Placement;
  onChange: (text: string) => void;
  /** Given when the text differs from what it was. */
  onRevert?: () => void;
}

function Editor({ title, value, placement, onChange, onRevert }: EditorProps) {
  const assist = useSearchAssist();
  const { editor, warnings, other } = placement;
  const marked = useMemo(
    () => [...editor, ...warnings].sort((one, other) => one.line - other.line),
    [editor, warnings],
  );
  return (
    <div className={classes.editor}>
      <div className={classes.editorHead}>
        <span className={classes.editorTitle}>{title}</span>
        {onRevert && <span className={classes.edited}>edited</span>}
        <span className={classes.spacer} />
        {onRevert && (
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<IconRestore size={14} aria-hidden />}
            onClick={onRevert}
          >
            Undo all edits
          </Button>
        )}
      </div>
      <YamlEditor
        label={title === "YAML" ? "YAML of the task" : `YAML of ${title}`}
        value={value}
        onChange={onChange}
        diagnostics={marked}
        assist={assist}
        height={EDITOR_HEIGHT}
      />
      <ul className={classes.problems} aria-live="polite" aria-label="Problems in the YAML">
        {other.map((message) => (
          <li key={message}>
            <IconCircleX size={14} aria-hidden />
            <span>
              <Quoted text={message} />
            </span>
          </li>
        ))}
        {marked.map((one) => (
          <ProblemLine key={`${one.line} ${one.column} ${one.message}`} problem={one} />
        ))}
      </ul>
    </div>
  );
}

function ProblemLine({ problem: { line, column, message, severity } }: { problem: Diagnostic }) {
  const isWarning = severity === "warning";
  const Icon = isWarning ? IconAlertTriangle : IconCircleX;
  return (
    <li data-severity={severity}>
      <Icon size={14} aria-hidden />
      <span className={classes.place}>
        {isWarning && "Warning, "}
        {isWarning ? "line" : "Line"} {line}, column {column}
      </span>
      <span>
        <Quoted text={message} />
      </span>
    </li>
  );
}

/** What stands where the YAML will be; explains the path when nothing is on it. */
function PathHint({ onWrite }: { onWrite: () => void }) {
  const configs = api.useQuery("get", "/files", { params: { query: { kind: "config", q: "", limit: 50 } } });
  const write = (
    <Button variant="default" size="compact-sm" onClick={onWrite}>
      Write YAML instead
    </Button>
  );
  if (configs.data?.total !== 0)
    return (
      <div className={classes.emptyEditor}>
        <Empty title="Choose a config" action={write}>
          Its YAML is shown here, and can be edited for this launch; the file stays as it is.
        </Empty>
      </div>
    );
  const line = 'export HYPERTRAINER_PATH="$HOME/my-experiments"';
  return (
    <div className={classes.emptyEditor}>
      <Empty
        title="There is no YAML on $HYPERTRAINER_PATH"
        icon={<IconFolderOff size={26} stroke={1.5} />}
        action={write}
      >
        It lists the folders where scripts and configs are looked up, separated by colons. Set it, and start
        the server again:
        <span className={classes.exportLine}>
          <code className="mono">{line}</code>
          <CopyButton value={line} what="the line" />
        </span>
      </Empty>
    </div>
  );
}
