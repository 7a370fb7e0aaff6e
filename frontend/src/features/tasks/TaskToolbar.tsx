import { SegmentedControl, Select, TextInput } from "@mantine/core";
import { IconSearch, IconX } from "@tabler/icons-react";
import { type RefObject, useRef } from "react";
import { api } from "~/api/client";
import { plural } from "~/lib/format";
import { IconAction } from "~/ui/IconAction";
import { ColumnMenu } from "./ColumnMenu";
import type { ColumnChoice } from "./columnState";
import { FilterMenu } from "./FilterMenu";
import { StatusChips } from "./StatusChips";
import { isComparison, type TaskSearch } from "./searchParams";
import classes from "./TaskList.module.css";
import type { Columns } from "./useColumns";
import { useFilterText } from "./useFilterText";
import { useShortcut } from "./useShortcut";

interface TaskToolbarProps {
  search: TaskSearch;
  onSearch: (changes: TaskSearch) => void;
  columns: Columns;
  /** Undefined goes back to the defaults. */
  onColumns: (choices: readonly ColumnChoice[] | undefined) => void;
}

const NO_PROJECT = "(no project)";

/** What narrows the list and how it is shown. */
export function TaskToolbar({ search, onSearch, columns, onColumns }: TaskToolbarProps) {
  const input = useRef<HTMLInputElement>(null);
  useShortcut("/", () => input.current?.focus());
  return (
    <div className={classes.toolbar} role="toolbar" aria-label="Filters and columns">
      <FilterBox search={search} onSearch={onSearch} inputRef={input} />
      <StatusChips search={search} onStatus={(status) => onSearch({ status })} />
      <div className={classes.views}>
        <ProjectSelect search={search} onSearch={onSearch} />
        <SegmentedControl
          size="xs"
          aria-label="Which list"
          data={[
            { value: "active", label: "Active" },
            { value: "archived", label: "Archived" },
          ]}
          value={search.archived ? "archived" : "active"}
          onChange={(view) =>
            onSearch({
              archived: view === "archived" ? true : undefined,
              status: undefined,
              selected: undefined,
            })
          }
        />
        <FilterMenu search={search} onSearch={onSearch} />
        <ColumnMenu columns={columns} onColumns={onColumns} />
      </div>
    </div>
  );
}

interface FilterBoxProps extends Pick<TaskToolbarProps, "search" | "onSearch"> {
  inputRef: RefObject<HTMLInputElement | null>;
}

/** Words to look for; a comparison becomes a filter of its own with Enter. */
function FilterBox({ search, onSearch, inputRef }: FilterBoxProps) {
  const [text, setText, flush] = useFilterText(search.q ?? "", (q) => {
    if (!isComparison(q)) onSearch({ q: q || undefined });
  });
  const hasComparison = isComparison(text);
  const submit = () => {
    if (!hasComparison) return flush();
    setText("");
    onSearch({ q: undefined, where: [...(search.where ?? []), text.trim()] });
  };
  return (
    <TextInput
      ref={inputRef}
      size="xs"
      className={classes.filterBox}
      type="search"
      aria-label="Filter the tasks"
      aria-keyshortcuts="/"
      placeholder="Filter"
      description={hasComparison ? "Enter filters by this comparison" : undefined}
      inputWrapperOrder={["input", "description"]}
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={
        text === "" ? (
          <kbd className={classes.kbd} title="Press / to filter">
            /
          </kbd>
        ) : (
          <IconAction label="Clear the text" size="xs" onClick={() => setText("")}>
            <IconX size={13} />
          </IconAction>
        )
      }
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") submit();
        if (event.key !== "Escape") return;
        event.stopPropagation();
        if (text === "") event.currentTarget.blur();
        else setText("");
      }}
    />
  );
}

/** One project at a time here; several in the filter menu. Hidden while nothing has a project. */
function ProjectSelect({ search, onSearch }: Pick<TaskToolbarProps, "search" | "onSearch">) {
  const projects = api.useQuery("get", "/projects");
  const named = projects.data?.items.filter(({ name }) => name !== "") ?? [];
  if (named.length === 0) return null;
  const chosen = search.project ?? [];
  const [only] = chosen;
  return (
    <Select
      size="xs"
      className={classes.project}
      aria-label="Project"
      placeholder={chosen.length > 1 ? plural(chosen.length, "project") : "All projects"}
      data={[
        { value: NO_PROJECT, label: NO_PROJECT },
        ...named.map(({ name }) => ({ value: name, label: name })),
      ]}
      value={chosen.length === 1 && only !== undefined ? only || NO_PROJECT : null}
      onChange={(name) =>
        onSearch({ project: name === null ? undefined : [name === NO_PROJECT ? "" : name] })
      }
      searchable={named.length > 8}
      clearable
      clearButtonProps={{ "aria-label": "Show all projects" }}
      comboboxProps={{ width: 220, position: "bottom-end" }}
    />
  );
}
