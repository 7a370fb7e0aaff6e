import { api } from "~/api/client";
import { formatCount } from "~/lib/format";
import { STATUSES, type Status, statusWord } from "~/lib/statuses";
import { StatusIcon } from "~/ui/StatusBadge";
import { filterQuery, type TaskFilter, toggled } from "./searchParams";
import classes from "./TaskList.module.css";

/** More chips than this have no room for their words. */
const MANY = 6;

interface StatusChipsProps {
  search: TaskFilter;
  onStatus: (status: Status[] | undefined) => void;
}

/** How many tasks have which status, under all other filters; a chip pressed filters by its status. */
export function StatusChips({ search, onStatus }: StatusChipsProps) {
  const counts = api.useQuery(
    "get",
    "/tasks/counts",
    { params: { query: filterQuery({ ...search, status: undefined }) } },
    { placeholderData: (old) => old },
  );
  const byStatus = new Map(counts.data?.items.map(({ status, num_tasks }) => [status, num_tasks]));
  const shown = STATUSES.filter(
    (status) => (byStatus.get(status) ?? 0) > 0 || search.status?.includes(status),
  );
  return (
    <ul className={classes.chips} aria-label="Filter by status" data-many={shown.length > MANY || undefined}>
      {shown.map((status) => (
        <li key={status}>
          <button
            type="button"
            className={classes.chip}
            aria-pressed={search.status?.includes(status) ?? false}
            title={statusWord(status)}
            onClick={() => onStatus(toggled(search.status, status))}
          >
            <StatusIcon status={status} />
            <span className={classes.chipWord}>{statusWord(status)}</span>
            <span className={classes.chipCount}>{formatCount(byStatus.get(status) ?? 0)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
