import { NOTHING } from "~/lib/format";
import { DiffView } from "~/ui/DiffView";
import type { Draft, Original } from "./draft";
import previewClasses from "./preview.module.css";
import classes from "./submit.module.css";

interface ChangesProps {
  draft: Draft;
  original: Original;
  /** The config that would be launched, overrides applied. */
  after: string;
}

/** How a clone differs from the task it is made from. */
export function Changes({ draft, original, after }: ChangesProps) {
  const { task, text } = original;
  const changed = [
    ["Script", task.script, draft.script || task.script],
    ["Platform", task.platform, draft.platform],
    ["Name", task.name, draft.name.trim() || task.name],
    ["Project", task.project, draft.project.trim()],
    ["Tags", task.tags.join(", "), draft.tags.join(", ")],
  ].filter(([, before, now]) => before !== now);
  return (
    <section className={classes.section}>
      <h3 className={classes.sectionTitle}>What differs from #{task.id}</h3>
      {changed.length > 0 && (
        <ul className={previewClasses.changes}>
          {changed.map(([label, before, now]) => (
            <li key={label}>
              <span className="dim">{label}</span> {before || NOTHING} → <strong>{now || NOTHING}</strong>
            </li>
          ))}
        </ul>
      )}
      {(changed.length === 0 || text !== after) && (
        <DiffView
          before={text}
          after={after}
          label={`Config of #${task.id} and of the new task`}
          context={2}
        />
      )}
    </section>
  );
}
