import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Quoted } from "./Quoted";
import classes from "./states.module.css";

interface ErrorNoteProps {
  title?: string;
  /** What went wrong and the remedy, as the server says it. */
  message: string;
  /** Problems tied to parts of the input. */
  fields?: readonly { path: string; message: string }[];
  onRetry?: () => void;
}

/** An error where its content would have stood; announced to screen readers. */
export function ErrorNote({ title = "This did not work", message, fields = [], onRetry }: ErrorNoteProps) {
  return (
    <div className={classes.note} role="alert">
      <IconAlertTriangle className={classes.noteIcon} size={18} aria-hidden />
      <div className={classes.noteBody}>
        <p className={classes.noteTitle}>{title}</p>
        <p className={classes.noteText}>
          <Quoted text={message} />
        </p>
        {fields.length > 0 && (
          <ul className={classes.fields}>
            {fields.map((field) => (
              <li key={`${field.path} ${field.message}`}>
                {field.path && <code className="mono">{field.path}</code>} {field.message}
              </li>
            ))}
          </ul>
        )}
      </div>
      {onRetry && (
        <Button variant="default" size="compact-sm" onClick={onRetry}>
          Retry
        </Button>
      )}
    </div>
  );
}
