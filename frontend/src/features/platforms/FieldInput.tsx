import { Select, Textarea, TextInput } from "@mantine/core";
import { useId } from "react";
import { Quoted } from "~/ui/Quoted";
import { fieldLabel } from "./form/layout";
import type { Field } from "./form/schema";
import classes from "./form.module.css";

interface FieldInputProps {
  field: Field;
  value: string;
  problem: string | undefined;
  onChange: (text: string) => void;
}

/** What a field means stands below it, so that fields side by side stay in line. */
export const FIELD_ORDER: ("label" | "input" | "error" | "description")[] = [
  "label",
  "input",
  "error",
  "description",
];

/** One setting: its name, what it means, and a field that fits what it may be. */
export function FieldInput({ field, value, problem, onChange }: FieldInputProps) {
  const id = useId();
  const shared = {
    id,
    label: fieldLabel(field.path),
    description: field.help && <Quoted text={field.help} />,
    error: problem && <Quoted text={problem} />,
    inputWrapperOrder: FIELD_ORDER,
  };
  if (field.kind === "switch")
    return (
      <Select
        {...shared}
        data={switchChoices(field)}
        value={value}
        allowDeselect={false}
        onChange={(next) => onChange(next ?? "")}
      />
    );
  const typed = {
    ...shared,
    value,
    placeholder: placeholderOf(field),
    autoComplete: "off",
    spellCheck: false,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  };
  return isWide(field) ? (
    <Textarea
      {...typed}
      autosize
      minRows={2}
      maxRows={8}
      classNames={{ root: classes.wide, input: classes.code }}
    />
  ) : (
    <TextInput {...typed} inputMode={field.kind === "number" ? "decimal" : undefined} />
  );
}

export function isWide({ kind }: Field): boolean {
  return kind === "lines" || kind === "pairs";
}

function placeholderOf({ kind, example }: Field): string | undefined {
  if (example !== "") return example;
  return kind === "pairs" ? "NAME=value" : kind === "lines" ? "One a line" : undefined;
}

function switchChoices({ example }: Field) {
  const usual = example === "true" ? " (yes)" : example === "false" ? " (no)" : "";
  return [
    { value: "", label: `As usual${usual}` },
    { value: "true", label: "Yes" },
    { value: "false", label: "No" },
  ];
}
