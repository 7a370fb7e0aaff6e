import { Button } from "@mantine/core";
import { IconExternalLink, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { plural } from "~/lib/format";
import { IconAction } from "~/ui/IconAction";
import classes from "./TaskPanel.module.css";

interface OverlayPanelProps {
  ids: readonly number[];
  onClose: () => void;
  /** The charts. */
  children: ReactNode;
}

/** Stands where one task's panel would: the curves of all selected tasks. */
export function OverlayPanel({ ids, onClose, children }: OverlayPanelProps) {
  return (
    <section className={`card ${classes.panel}`} aria-label="Curves of the selected tasks">
      <header className={classes.header}>
        <div className={classes.titleLine}>
          <h2 className={classes.title}>Curves of {plural(ids.length, "task")}</h2>
          <span className={classes.spacer} />
          <div className={classes.tools}>
            <Button
              renderRoot={(props) => <Link to="/ui/compare" search={{ id: [...ids] }} {...props} />}
              variant="default"
              size="compact-sm"
              leftSection={<IconExternalLink size={14} aria-hidden />}
            >
              Compare in full
            </Button>
            <IconAction label="Close the curves" size={26} onClick={onClose}>
              <IconX size={16} />
            </IconAction>
          </div>
        </div>
      </header>
      <div className={classes.tabPanel}>{children}</div>
    </section>
  );
}
