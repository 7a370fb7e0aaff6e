import { IconStack2, IconTerminal2 } from "@tabler/icons-react";
import type { TaskPreview } from "~/api/client";
import { formatNumber, NOTHING, plural } from "~/lib/format";
import { KeyValue } from "~/ui/KeyValue";
import { PlaceFacts } from "./PlaceFacts";
import classes from "./preview.module.css";
import { pointsNote, searchFacts, searchTitle } from "./searchFacts";

interface PreviewPanelProps {
  preview: TaskPreview | undefined;
  /** What the platform's queue says; undefined while it is asked, null where there is none. */
  forecast: TaskPreview["forecast"] | undefined;
  /** What is said in its place while there is none. */
  hint: string;
  platform: string;
  isChecking: boolean;
  /** Whether a seed fixes the trials' values. */
  isSeeded: boolean;
}

/** What the server would launch: how many tasks, the command, and a search's trials. */
export function PreviewPanel(props: PreviewPanelProps) {
  const { preview, forecast, hint, platform, isChecking, isSeeded } = props;
  if (!preview || !isShown(preview)) return <p className={classes.previewHint}>{hint}</p>;
  const { search, num_tasks, script_path, command, platforms } = preview;
  const Icon = search ? IconStack2 : IconTerminal2;
  return (
    <div className={classes.preview} data-checking={isChecking || undefined} aria-busy={isChecking}>
      <p className={classes.previewTitle}>
        <Icon size={15} aria-hidden />
        <span>
          {search ? searchTitle({ search, num_tasks }) : plural(num_tasks, "task")}{" "}
          <span className="dim">on {search ? platforms.join(", ") : platform}</span>
        </span>
      </p>
      {search && (
        <div className={classes.place}>
          <KeyValue layout="line" items={searchFacts(search)} />
        </div>
      )}
      {script_path && <p className={classes.previewPath}>{script_path}</p>}
      {command.length > 0 && <CommandLine command={command} />}
      <PlaceFacts preview={preview} forecast={forecast} />
      {search && <Trials preview={preview} isSeeded={isSeeded} />}
    </div>
  );
}

/** Nothing is while something is wrong: then there is neither a task nor a search. */
function isShown({ search, num_tasks }: TaskPreview): boolean {
  return search !== null || num_tasks > 0;
}

function CommandLine({ command }: { command: readonly string[] }) {
  const line = command.map(quoted).join(" ");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, and the keyboard must reach them
    <section className={classes.command} aria-label="Command line" tabIndex={0}>
      {line}
    </section>
  );
}

/** As a shell would need it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The points that are known beforehand, and what is to be said of the others. */
function Trials({ preview, isSeeded }: { preview: TaskPreview; isSeeded: boolean }) {
  const { trials } = preview;
  const params = [...new Set(trials.flatMap((trial) => Object.keys(trial.params)))];
  const note = <p className={classes.note}>{pointsNote(preview, isSeeded)}</p>;
  if (trials.length === 0) return note;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it */}
      <section className={classes.trials} aria-label="Trials" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Task</th>
              {params.map((param) => (
                <th key={param} scope="col" className="numeric">
                  {param}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {trials.map((trial) => (
              <tr key={trial.name}>
                <th scope="row">{trial.name}</th>
                {params.map((param) => (
                  <td key={param} className="numeric">
                    {shown(trial.params[param])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {note}
    </>
  );
}

function shown(value: unknown): string {
  if (typeof value === "number") return formatNumber(value);
  return value === undefined ? NOTHING : typeof value === "string" ? value : JSON.stringify(value);
}
