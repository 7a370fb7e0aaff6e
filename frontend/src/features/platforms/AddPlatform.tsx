import { CopyButton } from "~/ui/CopyButton";
import classes from "./platforms.module.css";

const EXAMPLE = `platforms:
  local: {type: local, slots: 2}
`;

/** How platforms are set: a file in the server's home, read again when it changes. */
export function AddPlatform() {
  return (
    <section className={`card ${classes.card}`} aria-labelledby="add-platform">
      <header className={classes.header}>
        <h2 id="add-platform" className={classes.name}>
          Change or add a platform
        </h2>
        <span className={classes.spacer} />
        <CopyButton value={EXAMPLE} what="the example" />
      </header>
      <p className={classes.text}>
        Platforms are set in <code className="mono">platforms.yaml</code> in the server's home (
        <code className="mono">$HYPERTRAINER_HOME</code>, by default{" "}
        <code className="mono">~/hypertrainer</code>). The file is read again whenever it changes.{" "}
        <code className="mono">slots</code> says how many tasks run at a time.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, and the keyboard must reach them */}
      <section className={classes.example} aria-label="Example of platforms.yaml" tabIndex={0}>
        {EXAMPLE}
      </section>
    </section>
  );
}
