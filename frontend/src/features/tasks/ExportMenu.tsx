import { Popover, SegmentedControl } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { formatCount } from "~/lib/format";
import { EXPORT_FORMATS, exportLink, MOST_EXPORTED_IDS } from "./exportLink";
import menus from "./menus.module.css";
import { filterQuery, type TaskFilter } from "./searchParams";
import classes from "./TaskFooter.module.css";

interface ExportMenuProps {
  search: TaskFilter;
  /** Tasks of the filter. */
  total: number;
  selection: ReadonlySet<number>;
  isAllSelected: boolean;
}

type Scope = "selection" | "filter" | "everything";

/** The tasks with every parameter and every metric's last, least and greatest value, as a file. */
export function ExportMenu({ search, total, selection, isAllSelected }: ExportMenuProps) {
  const [chosen, setChosen] = useState<Scope | null>(null);
  const scope = chosen === "selection" && selection.size === 0 ? null : chosen;
  const shown: Scope = scope ?? (selection.size > 0 ? "selection" : "filter");
  const isTooMany = shown === "selection" && !isAllSelected && selection.size > MOST_EXPORTED_IDS;
  const what =
    shown === "selection" && !isAllSelected
      ? { ids: [...selection] }
      : filterQuery(shown === "everything" ? { archived: search.archived } : search);
  return (
    <Popover position="top-end" width={290} withinPortal trapFocus shadow="sm">
      <Popover.Target>
        <button type="button" className={classes.action} title="Export">
          <IconDownload size={15} aria-hidden />
          <span className={classes.actionWord}>Export</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown className={menus.menu}>
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="What to export"
          value={shown}
          onChange={setChosen}
          data={[
            {
              value: "selection" as const,
              label: `Selected ${formatCount(selection.size)}`,
              disabled: selection.size === 0,
            },
            { value: "filter" as const, label: `This list ${formatCount(total)}` },
            { value: "everything" as const, label: search.archived ? "All archived" : "All active" },
          ]}
        />
        {isTooMany ? (
          <p>
            At most {formatCount(MOST_EXPORTED_IDS)} tasks can be named one by one: export the filter instead.
          </p>
        ) : (
          <div className={classes.formats}>
            {EXPORT_FORMATS.map((format) => (
              <a key={format} className={classes.action} href={exportLink(format, what)} download>
                {format.toUpperCase()}
              </a>
            ))}
          </div>
        )}
        <p className="dim">With every parameter, and the last, least and greatest value of every metric.</p>
      </Popover.Dropdown>
    </Popover>
  );
}
