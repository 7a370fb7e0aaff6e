import { Button, Checkbox, Popover, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowDown, IconArrowUp, IconColumns, IconGripVertical, IconSearch } from "@tabler/icons-react";
import { type DragEvent, useState } from "react";
import { api } from "~/api/client";
import { IconAction } from "~/ui/IconAction";
import { columnSpec, FIXED_COLUMNS, METRIC_VALUES } from "./columnCatalogue";
import { type ColumnChoice, withMoved, withToggled } from "./columnState";
import classes from "./menus.module.css";
import type { Columns } from "./useColumns";

interface ColumnMenuProps {
  columns: Columns;
  onColumns: (choices: readonly ColumnChoice[] | undefined) => void;
}

/** Chooses and orders the table's columns, from all that tasks have. */
export function ColumnMenu({ columns, onColumns }: ColumnMenuProps) {
  const [text, setText] = useState("");
  return (
    <Popover position="bottom-end" width={330} withinPortal trapFocus shadow="sm">
      <Popover.Target>
        <IconAction label="Columns" variant="default" size={28}>
          <IconColumns size={15} />
        </IconAction>
      </Popover.Target>
      <Popover.Dropdown className={classes.menu}>
        <TextInput
          size="xs"
          type="search"
          aria-label="Search columns, parameters and metrics"
          placeholder="Search columns, parameters, metrics"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <div className={classes.menuList}>
          {text.trim() === "" && <ShownColumns choices={columns.choices} onColumns={onColumns} />}
          <OfferedColumns text={text.trim()} choices={columns.choices} onColumns={onColumns} />
        </div>
        <Button variant="default" size="xs" disabled={!columns.isChosen} onClick={() => onColumns(undefined)}>
          Back to the defaults
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}

interface ChoicesProps {
  choices: readonly ColumnChoice[];
  onColumns: (choices: readonly ColumnChoice[]) => void;
}

/** The columns in their order; dragged, or moved with buttons. */
function ShownColumns({ choices, onColumns }: ChoicesProps) {
  const [dragged, setDragged] = useState<string | null>(null);
  const [target, setTarget] = useState<string | null>(null);
  const drop = (place: number) => {
    if (dragged !== null) onColumns(withMoved(choices, dragged, place));
    setDragged(null);
    setTarget(null);
  };
  return (
    <>
      <p className={classes.menuTitle}>Shown, in this order</p>
      <ul className={classes.menuRows}>
        {choices.map(({ id }, place) => (
          <li
            key={id}
            className={classes.menuRow}
            draggable
            data-dropping={(target === id && dragged !== id) || undefined}
            onDragStart={() => setDragged(id)}
            onDragEnd={() => drop(-1)}
            onDragOver={(event: DragEvent) => {
              event.preventDefault();
              setTarget(id);
            }}
            onDrop={() => drop(place)}
          >
            <span className={classes.grip} aria-hidden>
              <IconGripVertical size={14} />
            </span>
            <ColumnCheck id={id} choices={choices} onColumns={onColumns} />
            <IconAction
              label={`Move ${nameOf(id)} up`}
              size="sm"
              disabledReason={place === 0 ? "it is the first" : undefined}
              onClick={() => onColumns(withMoved(choices, id, place - 1))}
            >
              <IconArrowUp size={14} />
            </IconAction>
            <IconAction
              label={`Move ${nameOf(id)} down`}
              size="sm"
              disabledReason={place === choices.length - 1 ? "it is the last" : undefined}
              onClick={() => onColumns(withMoved(choices, id, place + 1))}
            >
              <IconArrowDown size={14} />
            </IconAction>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The columns that can be added, narrowed by a text; the server looks through parameters and metrics. */
function OfferedColumns({ text, choices, onColumns }: ChoicesProps & { text: string }) {
  const [name] = useDebouncedValue(text, 200);
  const catalogue = api.useQuery(
    "get",
    "/tasks/columns",
    { params: { query: name ? { name } : {} } },
    { placeholderData: (old) => old, refetchOnMount: "always" },
  );
  const shown = new Set(choices.map(({ id }) => id));
  const isOffered = (id: string) => text !== "" || !shown.has(id);
  const fixed = FIXED_COLUMNS.filter(
    ({ id, label, longLabel }) =>
      isOffered(id) && `${id} ${label} ${longLabel ?? ""}`.toLowerCase().includes(text.toLowerCase()),
  ).map(({ id }) => id);
  const items = catalogue.data?.items ?? [];
  const metrics = items
    .filter(({ kind }) => kind === "metric")
    .flatMap((item) => METRIC_VALUES.map((value) => `metrics.${item.name}.${value}`))
    .filter(isOffered);
  const params = items
    .filter(({ kind }) => kind === "param")
    .map((item) => `params.${item.name}`)
    .filter(isOffered);
  const sections = [
    { title: "Columns", ids: fixed },
    { title: "Metrics", ids: metrics },
    { title: "Parameters", ids: params },
  ].filter(({ ids }) => ids.length > 0);
  if (sections.length === 0) return <p className="dim">Nothing is called like that.</p>;
  return sections.map(({ title, ids }) => (
    <section key={title} aria-label={title}>
      <p className={classes.menuTitle}>{title}</p>
      <ul className={classes.menuRows}>
        {ids.map((id) => (
          <li key={id} className={classes.menuRow}>
            <ColumnCheck id={id} choices={choices} onColumns={onColumns} />
          </li>
        ))}
      </ul>
    </section>
  ));
}

function ColumnCheck({ id, choices, onColumns }: ChoicesProps & { id: string }) {
  return (
    <Checkbox
      className={classes.menuGrow}
      size="xs"
      label={nameOf(id)}
      checked={choices.some((choice) => choice.id === id)}
      onChange={() => onColumns(withToggled(choices, id))}
    />
  );
}

function nameOf(id: string): string {
  const spec = columnSpec(id);
  return spec?.longLabel ?? spec?.label ?? id;
}
