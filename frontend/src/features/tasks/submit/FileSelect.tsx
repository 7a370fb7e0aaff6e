import { Combobox, Loader, TextInput, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconFileText, IconTerminal2 } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { api } from "~/api/client";
import { formatBytes, plural } from "~/lib/format";
import classes from "./submit.module.css";

interface FileSelectProps {
  kind: "script" | "config";
  label: string;
  value: string;
  /** Called with a chosen path, or with what was typed when the field is left. */
  onChange: (path: string) => void;
  error?: string;
  description?: string;
  placeholder?: string;
  isRequired?: boolean;
  isAutofocused?: boolean;
}

const SHOWN = 50;

/** A file on `$HYPERTRAINER_PATH`, found while typing. */
export function FileSelect(props: FileSelectProps) {
  const { kind, label, value, onChange, error, description, placeholder, isRequired, isAutofocused } = props;
  const [text, setText] = useState(value);
  const [isTyping, setIsTyping] = useState(false);
  const [q] = useDebouncedValue(isTyping ? text.trim() : "", 120);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const files = api.useQuery(
    "get",
    "/files",
    { params: { query: { kind, q, limit: SHOWN } } },
    { placeholderData: keepPreviousData, staleTime: 5_000 },
  );
  const items = useMemo(
    () => [...new Map(files.data?.items.map((file) => [file.path, file])).values()],
    [files.data],
  );
  const more = (files.data?.total ?? 0) - (files.data?.items.length ?? 0);

  useEffect(() => setText(value), [value]);

  const isFresh = isTyping && q === text.trim() && !files.isPlaceholderData;
  const [isEntered, setIsEntered] = useState(false);
  const commit = (path: string) => {
    setText(path);
    setIsTyping(false);
    setIsEntered(false);
    combobox.closeDropdown();
    if (path !== value) onChange(path);
  };

  // Enter takes the hit that is typed in full, else the first one; it waits until the hits are those of what is typed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `commit` and the text are those of this rendering
  useEffect(() => {
    if (!isFresh) return;
    if (items.length > 0) combobox.selectFirstOption();
    if (isEntered)
      commit(items.find(({ path }) => path === text.trim())?.path ?? items[0]?.path ?? text.trim());
  }, [items, isFresh, isEntered]);

  return (
    <Combobox store={combobox} onOptionSubmit={commit} shadow="md">
      <Combobox.Target>
        <TextInput
          label={label}
          required={isRequired}
          withAsterisk={false}
          description={description}
          placeholder={placeholder}
          error={error}
          data-autofocus={isAutofocused || undefined}
          autoComplete="off"
          spellCheck={false}
          value={text}
          leftSection={
            kind === "script" ? (
              <IconTerminal2 size={15} aria-hidden />
            ) : (
              <IconFileText size={15} aria-hidden />
            )
          }
          rightSection={
            files.isFetching && isTyping ? <Loader size={14} aria-label="Searching" /> : <Combobox.Chevron />
          }
          rightSectionPointerEvents="none"
          onChange={(event) => {
            setText(event.currentTarget.value);
            setIsTyping(true);
            setIsEntered(false);
            combobox.openDropdown();
            combobox.resetSelectedOption();
          }}
          onKeyDown={(event) => {
            // In a form Enter would submit; here it ends the typing.
            if (event.key !== "Enter" || combobox.getSelectedOptionIndex() >= 0) return;
            event.preventDefault();
            if (isTyping && text.trim() !== "") setIsEntered(true);
            else commit(text.trim());
          }}
          onClick={() => combobox.openDropdown()}
          onFocus={(event) => event.currentTarget.select()}
          onBlur={() => commit(text.trim())}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options className={classes.options} aria-label={`${label} on the path`}>
          {items.map((file) => (
            <Combobox.Option
              key={file.path}
              value={file.path}
              active={file.path === value}
              className={classes.option}
            >
              <span className={classes.optionPath}>{file.path}</span>
              <span className={classes.optionHint} title={file.folder}>
                {file.folder} · {formatBytes(file.size)}
              </span>
            </Combobox.Option>
          ))}
          {items.length === 0 && <Combobox.Empty>{emptyText(kind, q, files.error)}</Combobox.Empty>}
        </Combobox.Options>
        {more > 0 && <Combobox.Footer>{plural(more, "more file")}; type to narrow</Combobox.Footer>}
      </Combobox.Dropdown>
    </Combobox>
  );
}

function emptyText(kind: string, q: string, error: { message?: string } | null): string {
  if (error) return error.message ?? "The list could not be read.";
  return q ? `No ${kind} is called “${q}”` : `No ${kind} on $HYPERTRAINER_PATH`;
}
