import { Autocomplete, Button, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useMemo, useRef } from "react";
import { IconAction } from "~/ui/IconAction";
import type { OverrideRow } from "./draft";
import classes from "./submit.module.css";
import type { YamlKey } from "./yamlKeys";

interface OverridesProps {
  rows: readonly OverrideRow[];
  onChange: (rows: OverrideRow[]) => void;
  /** The YAML's own keys, offered while typing a path. */
  keys: readonly YamlKey[];
  /** By dotted path. */
  problems: ReadonlyMap<string, string>;
}

/** Values that replace the YAML's, one row each: a dotted path and what stands there instead. */
export function Overrides({ rows, onChange, keys, problems }: OverridesProps) {
  const nextId = useRef(Math.max(0, ...rows.map((row) => row.id)) + 1);
  const values = useMemo(() => new Map(keys.map((key) => [key.path, key.value])), [keys]);
  const paths = useMemo(() => [...values.keys()].filter((path) => values.get(path) !== null), [values]);
  const patch = (id: number, change: Partial<OverrideRow>) =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...change } : row)));
  const add = () => onChange([...rows, { id: nextId.current++, path: "", text: "" }]);
  return (
    <fieldset className={classes.fieldset}>
      <legend className={classes.legend}>Overrides</legend>
      {rows.map((row, index) => {
        const path = row.path.trim();
        const problem = problems.get(path);
        const name = path ? `of ${path}` : `${index + 1}`;
        return (
          <div key={row.id} className={classes.override}>
            <Autocomplete
              size="xs"
              aria-label={`Key ${index + 1}`}
              placeholder="training.learning_rate"
              spellCheck={false}
              data={paths}
              limit={30}
              value={row.path}
              error={problem !== undefined}
              onChange={(value) => patch(row.id, { path: value })}
            />
            <TextInput
              size="xs"
              aria-label={`Value ${name}`}
              placeholder={values.get(path) ?? "value"}
              spellCheck={false}
              value={row.text}
              error={problem}
              classNames={{ root: classes.bare, error: classes.rowError }}
              onChange={(event) => patch(row.id, { text: event.currentTarget.value })}
            />
            <IconAction
              label={`Remove the override ${name}`}
              size="sm"
              onClick={() => onChange(rows.filter(({ id }) => id !== row.id))}
            >
              <IconTrash size={15} />
            </IconAction>
          </div>
        );
      })}
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={add}
        className={classes.addOverride}
      >
        Override a value
      </Button>
    </fieldset>
  );
}
