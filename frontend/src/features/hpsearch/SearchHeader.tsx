import { IconTable } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { formatExact, formatNumber, NOTHING } from "~/lib/format";
import { formatDuration } from "~/lib/time";
import { KeyValue, type KeyValueItem } from "~/ui/KeyValue";
import { Age, Elapsed, EndsAt } from "~/ui/Ticking";
import classes from "./hpsearch.module.css";
import { epochsText } from "./progress";
import { SearchProgressBar } from "./SearchProgressBar";
import { SearchStatus } from "./SearchStatus";
import { isOver } from "./trials";
import type { SearchDetail } from "./types";

/** What a search is and how far it has come; `actions` are its buttons. */
export function SearchHeader({ search, actions }: { search: SearchDetail; actions?: ReactNode }) {
  return (
    <header className={classes.header}>
      <div className={classes.titleLine}>
        <h1 className={classes.title}>
          {search.name} <span className={classes.number}>search {search.id}</span>
        </h1>
        <SearchStatus search={search} />
        <SearchProgressBar search={search} />
        <div className={classes.actions}>
          <Link to="/ui/tasks" search={{ search_id: [search.id] }} className={classes.tasksLink}>
            <IconTable size={15} aria-hidden />
            Its tasks
          </Link>
          {actions}
        </div>
      </div>
      <KeyValue layout="line" items={factsOf(search)} />
      {search.notes && <p className={classes.notes}>{search.notes}</p>}
    </header>
  );
}

function factsOf(search: SearchDetail): KeyValueItem[] {
  const { best_value, best_number, remaining_seconds, cost, platforms } = search;
  return [
    {
      label: search.objectives.length > 1 ? `Best ${search.objectives[0]?.metric}` : "Best",
      value:
        best_value === null ? (
          NOTHING
        ) : (
          <span title={formatExact(best_value)}>
            <strong className="numeric">{formatNumber(best_value)}</strong>
            {best_number !== null && <span className="dim"> trial {best_number}</span>}
          </span>
        ),
    },
    ...(search.objectives.length > 0
      ? [
          {
            label: search.objectives.length > 1 ? "Objectives" : "Objective",
            value: search.objectives.map(({ metric, direction }) => `${direction} ${metric}`).join(", "),
          },
        ]
      : []),
    { label: "Epochs", value: <span className="numeric">{epochsText(search)}</span> },
    ...(cost === null ? [] : [{ label: "Cost", value: <span className="numeric">{cost.toFixed(2)}</span> }]),
    ...(remaining_seconds === null
      ? []
      : [
          {
            label: "Time left",
            value: (
              <>
                about {formatDuration(remaining_seconds)}{" "}
                <span className="dim">
                  until <EndsAt seconds={remaining_seconds} />
                </span>
              </>
            ),
          },
        ]),
    { label: "Algorithm", value: search.algorithm },
    { label: "Seed", value: String(search.seed), isMono: true, copy: String(search.seed) },
    { label: "Script", value: search.script },
    { label: platforms.length > 1 ? "Platforms" : "Platform", value: platforms.join(", ") },
    ...(search.project ? [{ label: "Project", value: search.project }] : []),
    ...(isOver(search) ? [{ label: "Age", value: <Age time={search.created_at} /> }] : []),
    {
      label: isOver(search) ? "Took" : "Running for",
      value: (
        <Elapsed
          from={search.created_at}
          to={search.ended_at ?? search.paused_at}
          without={search.paused_seconds}
        />
      ),
    },
  ];
}
