import { Button } from "@mantine/core";
import { IconArchive, IconFilterOff, IconRocket } from "@tabler/icons-react";
import { api } from "~/api/client";
import { Empty } from "~/ui/Empty";
import { ErrorNote } from "~/ui/ErrorNote";
import { useChangeSearch } from "~/ui/useChangeSearch";
import { isFiltered, NO_FILTER, type TaskSearch } from "./searchParams";
import classes from "./TaskList.module.css";

interface ListEmptyProps {
  search: TaskSearch;
  onSearch: (changes: TaskSearch) => void;
}

/** What stands where there is no task: why, and what to do about it. */
export function ListEmpty({ search, onSearch }: ListEmptyProps) {
  if (isFiltered(search)) {
    return (
      <Empty
        icon={<IconFilterOff size={30} stroke={1.5} />}
        title={search.archived ? "No archived task matches" : "No task matches"}
        action={
          <Button variant="default" onClick={() => onSearch(NO_FILTER)}>
            Clear the filters
          </Button>
        }
      >
        Every filter narrows the list further. Words are looked for in names, scripts, configs, projects,
        tags, notes, hosts and reasons.
      </Empty>
    );
  }
  if (search.archived) {
    return (
      <Empty icon={<IconArchive size={30} stroke={1.5} />} title="Nothing is archived">
        Archiving takes an ended task out of the list and keeps its folder. Only archived tasks can be
        deleted.
      </Empty>
    );
  }
  return <FirstSteps />;
}

/** The samples that come with the server, by what they show. */
const SAMPLES = [
  { config: "epochs_test.yaml", shows: "Progress and time left" },
  { config: "plot_test.yaml", shows: "Curves that draw themselves" },
  { config: "hp_test.yaml", shows: "A small search" },
] as const;
const SAMPLE_SCRIPT = "dummy.py";

/** For who has never launched anything: the way to do it, and something to launch at once. */
function FirstSteps() {
  const openDialog = useChangeSearch<{ submit?: true }>();
  const files = api.useQuery("get", "/files", { params: { query: { kind: "config", q: "test.yaml" } } });
  const present = new Set(files.data?.items.map(({ path }) => path));
  const samples = SAMPLES.filter(({ config }) => present.has(config));
  const submit = api.useMutation("post", "/tasks");
  return (
    <Empty icon={<IconRocket size={32} stroke={1.5} />} title="Nothing has run yet">
      <p>
        A task is one run of a script with one YAML file. Its script is started as{" "}
        <code className="mono">python SCRIPT CONFIG.yaml</code>; what it prints and writes is shown here while
        it runs.
      </p>
      <Button onClick={() => openDialog({ submit: true }, { isStep: true })}>New task</Button>
      {samples.length > 0 && (
        <>
          <p>Or run one of the samples and watch:</p>
          <div className={classes.samples}>
            {samples.map(({ config, shows }) => (
              <Button
                key={config}
                variant="default"
                size="xs"
                loading={submit.isPending && submit.variables?.body.config === config}
                onClick={() =>
                  submit.mutate({
                    body: { script: SAMPLE_SCRIPT, config, platform: "local", project: "", notes: "" },
                  })
                }
              >
                {shows}
              </Button>
            ))}
          </div>
        </>
      )}
      {submit.error && <ErrorNote message={submit.error.message} fields={submit.error.fields} />}
    </Empty>
  );
}
