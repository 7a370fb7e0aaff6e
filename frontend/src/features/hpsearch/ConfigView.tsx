import { CopyButton } from "~/ui/CopyButton";
import { YamlEditor } from "~/ui/YamlEditor";
import classes from "./hpsearch.module.css";
import type { SearchViewProps } from "./types";
import views from "./views.module.css";

/** The YAML that the search was made from, as it is now. */
export function ConfigView({ search }: SearchViewProps) {
  return (
    <section className={`card ${views.config}`} aria-label="Config">
      <div className={views.trialsHead}>
        <span className="dim">The YAML of the search; each trial has its own values in place of these</span>
        <span className={classes.spacer} />
        <CopyButton value={search.config_text} what="the config" />
      </div>
      <YamlEditor value={search.config_text} label={`Config of ${search.name}`} isReadOnly height="60vh" />
    </section>
  );
}
