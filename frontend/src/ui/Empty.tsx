import type { ReactNode } from "react";
import classes from "./states.module.css";

interface EmptyProps {
  title: string;
  /** Why it is empty and what to do about it. */
  children?: ReactNode;
  icon?: ReactNode;
  action?: ReactNode;
}

/** What stands where there is nothing to show. */
export function Empty({ title, children, icon, action }: EmptyProps) {
  return (
    <div className={classes.state}>
      {icon && (
        <div className={classes.icon} aria-hidden>
          {icon}
        </div>
      )}
      <p className={classes.title}>{title}</p>
      {children && <div className={classes.detail}>{children}</div>}
      {action && <div className={classes.action}>{action}</div>}
    </div>
  );
}
