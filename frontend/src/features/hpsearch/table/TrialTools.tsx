import { Button, Checkbox, Popover } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconColumns, IconCopy, IconDownload } from "@tabler/icons-react";
import { useTrialSelection } from "~/features/hpsearch/selection";
import type { SearchDetail, TrialRead } from "~/features/hpsearch/types";
import { formatCount, plural } from "~/lib/format";
import { cellText } from "./cells";
import type { TrialColumn } from "./columns";
import classes from "./table.module.css";

interface TrialToolsProps {
  search: SearchDetail;
  all: readonly TrialColumn[];
  columns: readonly TrialColumn[];
  rows: readonly TrialRead[];
  numTrials: number;
  /** The ids of the hidden columns. */
  onHide: (hidden: string[]) => void;
}

/** How many trials are shown, which columns, and the ways to take the table along. */
export function TrialTools({ search, all, columns, rows, numTrials, onHide }: TrialToolsProps) {
  const { isBrushed, clear } = useTrialSelection();
  return (
    <div className={classes.tools}>
      <h2 className={classes.toolsTitle}>Trials</h2>
      <span className="dim" role="status">
        {isBrushed
          ? `${formatCount(rows.length)} of ${plural(numTrials, "trial")}`
          : plural(numTrials, "trial")}
      </span>
      {isBrushed && (
        <Button variant="subtle" size="compact-xs" onClick={clear}>
          Show all
        </Button>
      )}
      <span className={classes.spacer} />
      <ColumnChoice all={all} columns={columns} onHide={onHide} />
      <CopyRows columns={columns} rows={rows} />
      <Button
        component="a"
        variant="default"
        size="compact-xs"
        href={`/tasks/export?format=csv&archived=any&search_id=${search.id}`}
        download
        title="The tasks of all trials, with every parameter and metric"
        leftSection={<IconDownload size={14} aria-hidden />}
      >
        CSV
      </Button>
    </div>
  );
}

/** Copies what is shown, as spreadsheets take it. */
function CopyRows({ columns, rows }: Pick<TrialToolsProps, "columns" | "rows">) {
  const clipboard = useClipboard({ timeout: 1500 });
  const Icon = clipboard.copied ? IconCheck : IconCopy;
  return (
    <Button
      variant="default"
      size="compact-xs"
      leftSection={<Icon size={14} aria-hidden />}
      onClick={() => clipboard.copy(tableText(columns, rows))}
    >
      {clipboard.copied ? "Copied" : "Copy"}
    </Button>
  );
}

/** Rows of cells with tabs between them, the names of the columns first. */
export function tableText(columns: readonly TrialColumn[], rows: readonly TrialRead[]): string {
  const plain = (text: string) => text.replace(/[\t\r\n]+/g, " ");
  const lines = rows.map((trial) => columns.map((column) => plain(cellText(column, trial))).join("\t"));
  return [columns.map(({ title }) => plain(title)).join("\t"), ...lines].join("\n");
}

function ColumnChoice({ all, columns, onHide }: Pick<TrialToolsProps, "all" | "columns" | "onHide">) {
  const shown = new Set(columns.map(({ id }) => id));
  const toggle = (id: string) =>
    onHide(all.filter((column) => (column.id === id) === shown.has(column.id)).map((column) => column.id));
  return (
    <Popover position="bottom-end" width={260} withinPortal trapFocus shadow="sm">
      <Popover.Target>
        <Button variant="default" size="compact-xs" leftSection={<IconColumns size={14} aria-hidden />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.choices}>
        {all.map(({ id, title }) => (
          <Checkbox
            key={id}
            size="xs"
            label={title}
            checked={shown.has(id)}
            // A table without its last column could not be brought back.
            disabled={shown.size === 1 && shown.has(id)}
            onChange={() => toggle(id)}
          />
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}
