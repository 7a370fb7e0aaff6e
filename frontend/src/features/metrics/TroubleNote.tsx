import { HoverCard } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { formatCount, plural } from "~/lib/format";
import type { Trouble } from "./charted";
import classes from "./metrics.module.css";

/** "3 lines could not be read", and on pointing or focus which ones. Nothing when all is well. */
export function TroubleNote({ troubles, isCompared }: { troubles: readonly Trouble[]; isCompared: boolean }) {
  const badLines = troubles.reduce((sum, { badLines }) => sum + badLines, 0);
  const nonFinite = troubles.reduce((sum, trouble) => sum + trouble.nonFinite, 0);
  if (badLines + nonFinite === 0) return null;
  const words = [
    ...(badLines > 0 ? [`${plural(badLines, "line")} could not be read`] : []),
    ...(nonFinite > 0 ? [`${plural(nonFinite, "value")} NaN or infinite`] : []),
  ];
  return (
    <HoverCard
      withinPortal
      position="bottom-end"
      shadow="sm"
      openDelay={150}
      transitionProps={{ duration: 0 }}
    >
      <HoverCard.Target>
        <button type="button" className={classes.trouble} aria-label={words.join(", ")}>
          <IconAlertTriangle size={12} aria-hidden />
          {badLines > 0 ? `${formatCount(badLines)} unread` : `${formatCount(nonFinite)} not finite`}
        </button>
      </HoverCard.Target>
      <HoverCard.Dropdown className={classes.samples}>
        <p>{words.join(". ")}.</p>
        {troubles
          .filter(({ samples }) => samples.length > 0)
          .map(({ taskId, samples }) => (
            <div key={taskId}>
              {isCompared && <p className="dim">Task #{taskId}</p>}
              <ol>
                {samples.map(({ line, text }) => (
                  <li key={line}>
                    <span className="dim">line {formatCount(line)}</span>
                    <code className="mono">{text}</code>
                  </li>
                ))}
              </ol>
            </div>
          ))}
        {badLines > 0 && <p className="dim">A line is an epoch and a value, separated by white space.</p>}
      </HoverCard.Dropdown>
    </HoverCard>
  );
}
