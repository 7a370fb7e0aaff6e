import { Tooltip } from "@mantine/core";
import {
  IconArchive,
  IconArchiveOff,
  IconChartLine,
  IconCopyPlus,
  IconFolder,
  IconPlayerPlay,
  IconPlayerStop,
  IconTag,
  IconTrash,
} from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { api, type Task } from "~/api/client";
import { formatCount } from "~/lib/format";
import { filterQuery } from "./searchParams";
import { TagDialog } from "./TagDialog";
import type { TaskFooterProps } from "./TaskFooter";
import classes from "./TaskFooter.module.css";
import {
  ACTION_RULES,
  type Eligibility,
  eligibility,
  eligibilityOfCounts,
  type TaskAction,
} from "./taskActions";
import { useOpenClone } from "./useOpenClone";

export const ACTION_ICONS: Record<TaskAction, ReactNode> = {
  resume: <IconPlayerPlay size={15} aria-hidden />,
  cancel: <IconPlayerStop size={15} aria-hidden />,
  archive: <IconArchive size={15} aria-hidden />,
  unarchive: <IconArchiveOff size={15} aria-hidden />,
  delete: <IconTrash size={15} aria-hidden />,
};

/** What can be done with the selected tasks, for how many of them, and why not where for none. */
export function SelectionActions(props: TaskFooterProps) {
  const { search, onSearch, selection, isAllSelected, known, actions } = props;
  const [dialog, setDialog] = useState<"tag" | "project" | null>(null);
  const ids = [...selection];
  const numUnknown = selection.size - known.length;
  const counts = api.useQuery(
    "get",
    "/tasks/counts",
    { params: { query: filterQuery(search) } },
    { enabled: isAllSelected && numUnknown > 0 },
  );
  const eligible = (action: TaskAction): Eligibility =>
    isAllSelected && numUnknown > 0 && counts.data
      ? eligibilityOfCounts(action, counts.data.items, search.archived === true)
      : eligibility(action, known, numUnknown);
  const run = (action: TaskAction) => {
    const refused = new Set(
      known.filter((task) => ACTION_RULES[action].refusal(task) !== null).map(({ id }) => id),
    );
    actions.run(
      action,
      ids.filter((id) => !refused.has(id)),
      known,
    );
  };
  const offered: TaskAction[] = search.archived
    ? ["unarchive", "delete"]
    : ["resume", "cancel", "archive", ...(known.some(isArchived) ? (["unarchive", "delete"] as const) : [])];
  return (
    <>
      <FooterAction
        label="Overlay curves"
        icon={<IconChartLine size={15} aria-hidden />}
        isPrimary
        refusal={overlayRefusal(ids.length)}
        onClick={() => onSearch({ overlay: true, task: undefined })}
      />
      {offered.map((action) => (
        <EligibleAction
          key={action}
          action={action}
          eligibility={eligible(action)}
          onClick={() => run(action)}
        />
      ))}
      <FooterAction label="Tag" icon={<IconTag size={15} aria-hidden />} onClick={() => setDialog("tag")} />
      <FooterAction
        label="Project"
        icon={<IconFolder size={15} aria-hidden />}
        onClick={() => setDialog("project")}
      />
      <CloneAction ids={ids} />
      <TagDialog kind={dialog} ids={ids} known={known} onClose={() => setDialog(null)} />
    </>
  );
}

/** More curves on one chart than this tell nothing. */
const MOST_OVERLAID = 50;

function overlayRefusal(count: number): string | null {
  if (count < 2) return "select two tasks or more";
  return count > MOST_OVERLAID ? `at most ${MOST_OVERLAID} tasks at once` : null;
}

function CloneAction({ ids }: { ids: readonly number[] }) {
  const openDialog = useOpenClone();
  return (
    <FooterAction
      label="Clone"
      icon={<IconCopyPlus size={15} aria-hidden />}
      refusal={ids.length === 1 ? null : "one task at a time"}
      onClick={() => openDialog(ids[0])}
    />
  );
}

interface EligibleActionProps {
  action: TaskAction;
  eligibility: Eligibility;
  onClick: () => void;
}

function EligibleAction({ action, eligibility: { count, total, refusal }, onClick }: EligibleActionProps) {
  const isPart = count > 0 && count < total;
  return (
    <FooterAction
      label={ACTION_RULES[action].label}
      detail={isPart ? `${formatCount(count)} of ${formatCount(total)}` : undefined}
      icon={ACTION_ICONS[action]}
      isDangerous={action === "delete"}
      refusal={refusal}
      onClick={onClick}
    />
  );
}

interface FooterActionProps {
  label: string;
  /** For how many, where not for all. */
  detail?: string;
  icon: ReactNode;
  isPrimary?: boolean;
  isDangerous?: boolean;
  refusal?: string | null;
  onClick: () => void;
}

function FooterAction(props: FooterActionProps) {
  const { label, detail, icon, isPrimary, isDangerous, refusal = null, onClick } = props;
  const name = detail ? `${label} ${detail}` : label;
  return (
    <Tooltip label={refusal === null ? name : `${label}: ${refusal}`}>
      <button
        type="button"
        className={classes.action}
        aria-label={name}
        aria-disabled={refusal !== null || undefined}
        data-primary={(isPrimary && refusal === null) || undefined}
        data-danger={isDangerous || undefined}
        onClick={refusal === null ? onClick : undefined}
      >
        {icon}
        <span className={classes.actionWord}>{label}</span>
        {detail && <span className={classes.countDim}>{detail.split(" ")[0]}</span>}
      </button>
    </Tooltip>
  );
}

function isArchived({ is_archived }: Task): boolean {
  return is_archived;
}
