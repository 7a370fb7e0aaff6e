import { KeyValue } from "~/ui/KeyValue";
import { YamlEditor } from "~/ui/YamlEditor";
import classes from "./parts.module.css";
import { spaceRows } from "./space";
import type { SearchDetail } from "./types";

/** The YAML that a search is made from, and in words what it searches. */
export function ConfigView({ search }: { search: SearchDetail }) {
  const rows = spaceRows(search.spec);
  const { constraints } = search.spec;
  return (
    <div className={classes.config}>
      <div className={`card ${classes.configText}`}>
        <h2 className="visually-hidden">Config</h2>
        <YamlEditor label={`Config of ${search.name}`} value={search.config_text} isReadOnly height="100%" />
      </div>
      <section className={`card ${classes.space}`} aria-label="What is searched">
        <h2 className={classes.sectionTitle}>What is searched</h2>
        <KeyValue items={rows.map(({ path, words }) => ({ label: path, value: words }))} />
        {Array.isArray(constraints) && constraints.length > 0 && (
          <>
            <h3 className={classes.sectionTitle}>As long as</h3>
            <ul className={classes.constraints}>
              {constraints.map(String).map((text) => (
                <li key={text} className="mono">
                  {text}
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
    </div>
  );
}
