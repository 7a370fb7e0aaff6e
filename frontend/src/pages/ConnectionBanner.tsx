import { useEffect, useState } from "react";
import { useConnection } from "~/api/LiveProvider";
import classes from "./AppShell.module.css";

/** A break shorter than this is not worth a word. */
const PATIENCE_MS = 2500;

/** Says when what is shown may be out of date. */
export function ConnectionBanner() {
  const isLost = useConnection() === "lost";
  const [isShown, setIsShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsShown(isLost), isLost ? PATIENCE_MS : 0);
    return () => clearTimeout(timer);
  }, [isLost]);
  return (
    <div role="status">
      {isShown && (
        <p className={classes.banner}>
          Connection lost — retrying. What you see may be out of date; your tasks run on.
        </p>
      )}
    </div>
  );
}
