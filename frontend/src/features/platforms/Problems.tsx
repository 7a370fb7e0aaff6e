import { IconAlertTriangle } from "@tabler/icons-react";
import type { PlatformProblem } from "~/api/client";
import { Quoted } from "~/ui/Quoted";
import classes from "./platforms.module.css";

/** What is wrong with a place, each with what to do about it. */
export function Problems({ problems }: { problems: readonly PlatformProblem[] }) {
  return (
    <ul className={classes.problems} aria-label="Problems">
      {problems.map(({ message, remedy }) => (
        <li key={`${message} ${remedy}`}>
          <IconAlertTriangle size={16} color="var(--cancelled)" aria-hidden />
          <div>
            <p className={classes.problem}>
              <Quoted text={message} />
            </p>
            {remedy && (
              <p className={classes.remedy}>
                <Quoted text={remedy} />
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
