import { Switch } from "@mantine/core";
import { useMemo } from "react";
import type { Task } from "~/api/client";
import { NOTHING, plural } from "~/lib/format";
import { Empty } from "~/ui/Empty";
import { CompareTable } from "./CompareTable";
import classes from "./compare.module.css";
import { paramRows } from "./comparison";

interface CompareParamsProps {
  tasks: readonly Task[];
  areAllShown: boolean;
  onAllShown: (areAllShown: boolean) => void;
  onBase: (id: number) => void;
  onRemove: (id: number) => void;
}

/** Every parameter of the tasks; what differs from the base is marked, the rest shown on demand. */
export function CompareParams({ tasks, areAllShown, onAllShown, onBase, onRemove }: CompareParamsProps) {
  const rows = useMemo(() => paramRows(tasks), [tasks]);
  const differing = rows.filter(({ differs }) => differs);
  const shown = areAllShown ? rows : differing;
  return (
    <>
      <div className={classes.tools}>
        <Switch
          size="xs"
          label="Only what differs"
          checked={!areAllShown}
          onChange={(event) => onAllShown(!event.currentTarget.checked)}
        />
        <span className="dim">
          {differing.length} of {plural(rows.length, "parameter")} differ
        </span>
      </div>
      <CompareTable label="Parameters" tasks={tasks} onBase={onBase} onRemove={onRemove}>
        {shown.map(({ path, cells }) => (
          <tr key={path}>
            <th scope="row" title={path}>
              {path}
            </th>
            {cells.map(({ text, isMissing, isOther }, index) => (
              <td key={tasks[index]?.id} data-other={isOther || undefined} title={text}>
                {isMissing ? <span className="dim">{NOTHING}</span> : text}
                {isOther && <span className="visually-hidden"> (differs from the base)</span>}
              </td>
            ))}
          </tr>
        ))}
      </CompareTable>
      {shown.length === 0 && (
        <Empty title="No parameter differs">All {tasks.length} ran with the same ones.</Empty>
      )}
    </>
  );
}
