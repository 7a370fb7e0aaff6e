import { Combobox, Loader, TextInput, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "~/api/client";
import { StatusIcon } from "~/ui/StatusBadge";
import classes from "./compare.module.css";

const SHOWN = 20;

/** Finds a task by its name or id, and adds it. */
export function AddTask({ ids, onAdd }: { ids: readonly number[]; onAdd: (id: number) => void }) {
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text.trim(), 150);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const tasks = api.useQuery(
    "get",
    "/tasks",
    { params: { query: { q: /^\d+$/.test(q) ? `#${q}` : q, limit: SHOWN, archived: "any" } } },
    { placeholderData: keepPreviousData, enabled: combobox.dropdownOpened },
  );
  const found = (tasks.data?.items ?? []).filter(({ id }) => !ids.includes(id));
  return (
    <Combobox
      store={combobox}
      shadow="md"
      width={340}
      position="bottom-start"
      onOptionSubmit={(id) => {
        onAdd(Number(id));
        setText("");
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target>
        <TextInput
          size="xs"
          w={190}
          aria-label="Add a task"
          placeholder="Add a task"
          leftSection={<IconPlus size={14} aria-hidden />}
          rightSection={tasks.isFetching && text ? <Loader size={12} aria-label="Searching" /> : null}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            combobox.openDropdown();
            combobox.updateSelectedOptionIndex();
          }}
          onFocus={() => combobox.openDropdown()}
          onClick={() => combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options className={classes.options} aria-label="Tasks">
          {found.map(({ id, name, status }) => (
            <Combobox.Option key={id} value={String(id)} className={classes.option}>
              <StatusIcon status={status} />
              <span className="dim">#{id}</span>
              <span className={classes.optionName}>{name}</span>
            </Combobox.Option>
          ))}
          {found.length === 0 && (
            <Combobox.Empty>{tasks.isFetching ? "Searching…" : "No other task"}</Combobox.Empty>
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
