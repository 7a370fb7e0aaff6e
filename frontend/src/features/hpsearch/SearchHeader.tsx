import { Button } from "@mantine/core";
import { IconPlayerStop, IconTable } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, type Search } from "~/api/client";
import { plural } from "~/lib/format";
import { ConfirmDialog } from "~/ui/ConfirmDialog";
import { ErrorNote } from "~/ui/ErrorNote";
import { KeyValue } from "~/ui/KeyValue";
import { notify } from "~/ui/notify";
import { Age, Elapsed } from "~/ui/Ticking";
import classes from "./hpsearch.module.css";
import { SearchProgress, SearchStatus } from "./SearchStatus";
import { spaceRows } from "./space";

/** What a search is, how far it has come, and the way to stop it. */
export function SearchHeader({ search }: { search: Search }) {
  const space = spaceRows(search.space);
  return (
    <header className={classes.header}>
      <div className={classes.titleLine}>
        <h1 className={classes.title}>
          {search.name} <span className={classes.number}>search {search.id}</span>
        </h1>
        <SearchStatus status={search.status} />
        <SearchProgress search={search} />
        <span className={classes.spacer} />
        <Link to="/ui/tasks" search={{ search_id: [search.id] }} className={classes.tasksLink}>
          <IconTable size={15} aria-hidden />
          Its tasks
        </Link>
        {search.status === "running" && <StopButton search={search} />}
      </div>
      <KeyValue
        layout="line"
        items={[
          { label: "Algorithm", value: search.algorithm },
          { label: "Seed", value: String(search.seed), isMono: true, copy: String(search.seed) },
          { label: "Script", value: search.script },
          { label: "Platform", value: search.platform },
          ...(search.project ? [{ label: "Project", value: search.project }] : []),
          { label: "Age", value: <Age time={search.created_at} /> },
          {
            label: search.ended_at ? "Took" : "Running for",
            value: <Elapsed from={search.created_at} to={search.ended_at} />,
          },
        ]}
      />
      {space.length > 0 && (
        <KeyValue
          layout="line"
          items={space.map(({ param, range }) => ({ label: param, value: range, isMono: true }))}
        />
      )}
      {search.notes && <p className={classes.notes}>{search.notes}</p>}
    </header>
  );
}

function StopButton({ search }: { search: Search }) {
  const [isAsking, setIsAsking] = useState(false);
  const cache = useQueryClient();
  const stop = api.useMutation("post", "/hpsearch/{search_id}/stop", {
    onSuccess: () => {
      setIsAsking(false);
      notify("success", `${search.name} is stopping`);
    },
    onSettled: () => void cache.invalidateQueries({ queryKey: ["get"] }),
  });
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconPlayerStop size={15} aria-hidden />}
        onClick={() => setIsAsking(true)}
      >
        Stop
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title={`Stop ${search.name}?`}
        confirmLabel="Stop the search"
        isDangerous
        isBusy={stop.isPending}
        onCancel={() => setIsAsking(false)}
        onConfirm={() => stop.mutate({ params: { path: { search_id: search.id } } })}
      >
        <p>
          {plural(search.num_active, "task")} waiting or running will be cancelled. What they have written
          stays, and each task can be resumed.
        </p>
        {stop.error && <ErrorNote title="It was not stopped" message={stop.error.message} />}
      </ConfirmDialog>
    </>
  );
}
