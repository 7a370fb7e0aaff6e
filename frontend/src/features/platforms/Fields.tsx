import { TextInput } from "@mantine/core";
import { useId, useState } from "react";
import { FIELD_ORDER, FieldInput } from "./FieldInput";
import { laidOut } from "./form/layout";
import type { Field } from "./form/schema";
import classes from "./form.module.css";
import type { FormDraft } from "./usePlatformDraft";

interface FieldsProps {
  type: string;
  draft: FormDraft;
  isNew: boolean;
}

/** The name, what nearly everybody sets, and the rest folded away. */
export function Fields({ type, draft, isNew }: FieldsProps) {
  const { first, more } = laidOut(type, draft.fields);
  const rest = more.flatMap(({ fields }) => fields);
  const numSet = rest.filter(({ path }) => (draft.values[path] ?? "") !== "").length;
  const hasProblem = rest.some(({ path }) => draft.problemOf(path) !== undefined);
  const [isOpen, setOpen] = useState(numSet > 0);
  return (
    <>
      <div className={classes.fields}>
        <TextInput
          label="Name"
          inputWrapperOrder={FIELD_ORDER}
          description={isNew ? "What it is called here." : "Tasks know it by this name, so it stays."}
          placeholder={type === "local" ? "local" : "beluga"}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          autoFocus={isNew}
          readOnly={!isNew}
          required
          withAsterisk={false}
          value={draft.name}
          error={draft.nameProblem}
          onChange={(event) => draft.setName(event.currentTarget.value)}
        />
        <Inputs fields={first} draft={draft} />
      </div>
      {rest.length > 0 && (
        <details
          className={classes.more}
          open={isOpen || hasProblem}
          onToggle={(event) => setOpen(event.currentTarget.open)}
        >
          <summary>
            More{" "}
            <span className="dim">
              {numSet > 0 ? `${numSet} set` : more.map(({ title }) => title).join(", ")}
            </span>
          </summary>
          {more.map(({ title, fields }) => (
            <Group key={title} title={title} fields={fields} draft={draft} />
          ))}
        </details>
      )}
    </>
  );
}

function Group({ title, fields, draft }: { title: string; fields: readonly Field[]; draft: FormDraft }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h3 id={id} className={classes.groupTitle}>
        {title}
      </h3>
      <div className={classes.fields}>
        <Inputs fields={fields} draft={draft} />
      </div>
    </section>
  );
}

function Inputs({ fields, draft }: { fields: readonly Field[]; draft: FormDraft }) {
  return fields.map((field) => (
    <FieldInput
      key={field.path}
      field={field}
      value={draft.values[field.path] ?? ""}
      problem={draft.problemOf(field.path)}
      onChange={(text) => draft.set(field.path, text)}
    />
  ));
}
