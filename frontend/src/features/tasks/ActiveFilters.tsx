import { Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { ErrorNote } from "~/ui/ErrorNote";
import { countFilters, NO_FILTER, type TaskSearch, toggled } from "./searchParams";
import classes from "./TaskList.module.css";

interface ActiveFiltersProps {
  search: TaskSearch;
  onSearch: (changes: TaskSearch) => void;
  /** What the server says against the filter. */
  problem: string | null;
}

/** Every filter but the text as a pill that can be taken away. */
export function ActiveFilters({ search, onSearch, problem }: ActiveFiltersProps) {
  const { platform = [], project = [], tag = [], where = [], search_id = [] } = search;
  const pills = [
    ...platform.map((value) => pill("platform", value, { platform: toggled(platform, value) })),
    ...project.map((value) => pill("project", value || "none", { project: toggled(project, value) })),
    ...tag.map((value) => pill("tag", value, { tag: toggled(tag, value) })),
    ...search_id.map((value) => pill("search", `#${value}`, { search_id: toggled(search_id, value) })),
    ...where.map((value) => pill(null, value, { where: toggled(where, value) })),
  ];
  if (pills.length === 0 && problem === null) return null;
  return (
    <>
      {pills.length > 0 && (
        <section className={classes.filters} aria-label="Filters in force">
          {pills.map(({ name, text, without }) => (
            <span key={`${name} ${text}`} className={classes.filter} title={text}>
              <span>
                {name && <span className="dim">{name} </span>}
                <span className={name ? undefined : "mono"}>{text}</span>
              </span>
              <button
                type="button"
                aria-label={`Remove the filter ${text}`}
                onClick={() => onSearch(without)}
              >
                <IconX size={13} aria-hidden />
              </button>
            </span>
          ))}
          {countFilters(search) > 1 && (
            <Button variant="subtle" size="compact-xs" onClick={() => onSearch(NO_FILTER)}>
              Clear all
            </Button>
          )}
        </section>
      )}
      {problem !== null && (
        <div className={classes.error}>
          <ErrorNote title="This filter cannot be used" message={problem} />
        </div>
      )}
    </>
  );
}

function pill(name: string | null, text: string, without: TaskSearch) {
  return { name, text, without };
}
