import { Autocomplete, Button, Indicator, MultiSelect, Popover } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";
import { useState } from "react";
import { api } from "~/api/client";
import { STATUSES, type Status, statusWord } from "~/lib/statuses";
import { IconAction } from "~/ui/IconAction";
import classes from "./menus.module.css";
import { countFilters, NO_FILTER, type TaskSearch } from "./searchParams";

interface FilterMenuProps {
  search: TaskSearch;
  onSearch: (changes: TaskSearch) => void;
}

const NO_PROJECT = "(no project)";

/** All filters in one place; each also shows as a pill above the table. */
export function FilterMenu({ search, onSearch }: FilterMenuProps) {
  const count = countFilters(search);
  return (
    <Popover position="bottom-end" width={320} withinPortal trapFocus shadow="sm">
      <Indicator label={count} size={15} disabled={count === 0} color="indigo" inline offset={3}>
        <Popover.Target>
          <IconAction label="Filters" variant="default" size={28}>
            <IconFilter size={15} />
          </IconAction>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown className={classes.menu}>
        <FilterFields search={search} onSearch={onSearch} />
        <Conditions search={search} onSearch={onSearch} />
        <Button
          variant="default"
          size="xs"
          disabled={count === 0 && !search.q}
          onClick={() => onSearch(NO_FILTER)}
        >
          Clear all filters
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}

function FilterFields({ search, onSearch }: FilterMenuProps) {
  const platforms = api.useQuery("get", "/platforms");
  const projects = api.useQuery("get", "/projects");
  const tags = api.useQuery("get", "/tags");
  const common = {
    size: "xs",
    searchable: true,
    clearable: true,
    comboboxProps: { withinPortal: false },
    // The list scrolls by itself: a scroll area of its own could not be reached by keyboard.
    withScrollArea: false,
    styles: { options: { maxHeight: 220, overflowY: "auto" as const } },
  };
  return (
    <>
      <MultiSelect
        {...common}
        label="Status"
        data={STATUSES.map((status) => ({ value: status, label: statusWord(status) }))}
        value={search.status ?? []}
        onChange={(values) => onSearch({ status: someOf(values.filter(isStatus)) })}
      />
      <MultiSelect
        {...common}
        label="Platform"
        data={withChosen(
          platforms.data?.items.map(({ name }) => name),
          search.platform,
        )}
        value={search.platform ?? []}
        onChange={(values) => onSearch({ platform: someOf(values) })}
      />
      <MultiSelect
        {...common}
        label="Project"
        data={withChosen(
          projects.data?.items.map(({ name }) => name || NO_PROJECT),
          search.project?.map((name) => name || NO_PROJECT),
        )}
        value={search.project?.map((name) => name || NO_PROJECT) ?? []}
        onChange={(values) =>
          onSearch({ project: someOf(values.map((name) => (name === NO_PROJECT ? "" : name))) })
        }
      />
      <MultiSelect
        {...common}
        label="Tag"
        data={withChosen(
          tags.data?.items.map(({ tag }) => tag),
          search.tag,
        )}
        value={search.tag ?? []}
        onChange={(values) => onSearch({ tag: someOf(values) })}
      />
    </>
  );
}

/** A comparison of a parameter, a metric or a column; names are offered while one types. */
function Conditions({ search, onSearch }: FilterMenuProps) {
  const [text, setText] = useState("");
  const columns = api.useQuery("get", "/tasks/columns");
  const names = columns.data?.items.map(({ kind, name }) =>
    kind === "metric" ? `metrics.${name}.last` : `params.${name}`,
  );
  const add = () => {
    if (!text.trim()) return;
    onSearch({ where: [...(search.where ?? []), text.trim()] });
    setText("");
  };
  return (
    <Autocomplete
      size="xs"
      label="Comparison"
      description="A parameter, metric or column with < <= > >= = != or ~ (contains)"
      placeholder="params.training.learning_rate<0.01"
      data={names ?? []}
      limit={8}
      value={text}
      onChange={setText}
      onKeyDown={(event) => {
        if (event.key === "Enter" && /[<>=~]/.test(text)) add();
      }}
      rightSectionWidth={48}
      rightSection={
        <Button size="compact-xs" variant="subtle" onClick={add} disabled={!text.trim()}>
          Add
        </Button>
      }
      comboboxProps={{ withinPortal: false }}
    />
  );
}

/** The options there are, and those chosen that are gone. */
function withChosen(options: readonly string[] | undefined, chosen: readonly string[] | undefined): string[] {
  return [...new Set([...(options ?? []), ...(chosen ?? [])])];
}

function someOf<T>(values: T[]): T[] | undefined {
  return values.length > 0 ? values : undefined;
}

function isStatus(value: string): value is Status {
  return STATUSES.some((status) => status === value);
}
