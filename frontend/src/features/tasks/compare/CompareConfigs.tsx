import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { http, type Task } from "~/api/client";
import { DiffView } from "~/ui/DiffView";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingRows } from "~/ui/Loading";
import classes from "./compare.module.css";

interface CompareConfigsProps {
  tasks: readonly Task[];
  /** The task set against the base. */
  other: number | undefined;
  onBase: (id: number) => void;
  onOther: (id: number) => void;
}

/** The YAML of two of the tasks, line by line. */
export function CompareConfigs({ tasks, other, onBase, onOther }: CompareConfigsProps) {
  const [base] = tasks;
  const against = tasks.find(({ id }) => id === other && id !== base?.id) ?? tasks[1];
  const before = useConfigText(base?.id);
  const after = useConfigText(against?.id);
  const error = before.error ?? after.error;
  const choices = tasks.map(({ id, name }) => ({ value: String(id), label: `#${id} ${name}` }));
  if (!base || !against) return null;
  return (
    <>
      <div className={classes.tools}>
        <Select
          size="xs"
          w={260}
          aria-label="Base"
          data={choices}
          value={String(base.id)}
          allowDeselect={false}
          onChange={(id) => id && onBase(Number(id))}
        />
        <span className="dim">against</span>
        <Select
          size="xs"
          w={260}
          aria-label="Against"
          data={choices.filter(({ value }) => value !== String(base.id))}
          value={String(against.id)}
          allowDeselect={false}
          onChange={(id) => id && onOther(Number(id))}
        />
      </div>
      <div className={classes.diff}>
        {error && <ErrorNote title="A config could not be read" message={error.message} />}
        {!error && (before.data === undefined || after.data === undefined) && (
          <LoadingRows label="Reading the configs" />
        )}
        {before.data !== undefined && after.data !== undefined && (
          <DiffView
            before={before.data}
            after={after.data}
            label={`Configs of #${base.id} and #${against.id}`}
          />
        )}
      </div>
    </>
  );
}

/** A task's config. It never changes. */
function useConfigText(id: number | undefined) {
  return useQuery({
    queryKey: ["config", id],
    enabled: id !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const { data } = await http.GET("/tasks/{task_id}/config", {
        params: { path: { task_id: id ?? 0 } },
        parseAs: "text",
        signal,
      });
      return data ?? "";
    },
  });
}
