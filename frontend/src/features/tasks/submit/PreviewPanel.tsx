import { IconStack2, IconTerminal2 } from "@tabler/icons-react";
import type { TaskPreview } from "~/api/client";
import { formatNumber, NOTHING, plural } from "~/lib/format";
import { PlaceFacts } from "./PlaceFacts";
import classes from "./preview.module.css";

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
  if (!preview || preview.num_tasks === 0) return <p className={classes.previewHint}>{hint}</p>;
  const { is_search, num_tasks, script_path, command, trials } = preview;
  return (
    <div className={classes.preview} data-checking={isChecking || undefined} aria-busy={isChecking}>
      <p className={classes.previewTitle}>
        {is_search ? <IconStack2 size={15} aria-hidden /> : <IconTerminal2 size={15} aria-hidden />}
        {is_search ? `${plural(num_tasks, "task")} of a search` : plural(num_tasks, "task")}{" "}
        <span className="dim">on {platform}</span>
      </p>
      {script_path && <p className={classes.previewPath}>{script_path}</p>}
      {command.length > 0 && <CommandLine command={command} />}
      <PlaceFacts preview={preview} forecast={forecast} />
      {is_search && trials.length > 0 && <Trials trials={trials} total={num_tasks} isSeeded={isSeeded} />}
    </div>
  );
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

function Trials({
  trials,
  total,
  isSeeded,
}: {
  trials: TaskPreview["trials"];
  total: number;
  isSeeded: boolean;
}) {
  const params = [...new Set(trials.flatMap((trial) => Object.keys(trial.params)))];
  const hidden = total - trials.length;
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
      <p className={classes.note}>
        {hidden > 0 && `${plural(hidden, "more trial")}. `}
        {!isSeeded && "Without seed: in the YAML, the values are drawn anew at launch."}
      </p>
    </>
  );
}

function shown(value: unknown): string {
  if (typeof value === "number") return formatNumber(value);
  return value === undefined ? NOTHING : typeof value === "string" ? value : JSON.stringify(value);
}
