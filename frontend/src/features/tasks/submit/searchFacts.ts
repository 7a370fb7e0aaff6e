import type { TaskPreview } from "~/api/client";
import { formatNumber, plural } from "~/lib/format";
import type { Fact } from "./resourceFacts";

type Search = NonNullable<TaskPreview["search"]>;

/** "30 trials of a search, 3 tasks each": what there will be. */
export function searchTitle({ search, num_tasks }: { search: Search; num_tasks: number }): string {
  if (search.n_trials === 0) return "A search, as long as its budget lasts";
  if (search.repeats > 1)
    return `${plural(search.n_trials, "trial")} of a search, ${plural(search.repeats, "task")} each`;
  return search.follows_results || search.max_concurrent !== null
    ? `${plural(search.n_trials, "trial")} of a search`
    : `${plural(num_tasks, "task")} of a search`;
}

/** What chooses the points and what for, what ends trials and the search, and where it runs. */
export function searchFacts(search: Search): Fact[] {
  const { algorithm, chosen, objectives, max_concurrent, early_stopping, budget, places } = search;
  const facts: [string, string][] = [
    ["Algorithm", algorithm === chosen ? chosen : `${chosen}, chosen by ${algorithm}`],
    [objectives.length > 1 ? "Goals" : "Goal", objectives.map(goal).join("; ")],
    ["At once", max_concurrent === null ? "as many as there is room for" : String(max_concurrent)],
    ["Stopped early", early_stopping ?? ""],
    ["Budget", budget.join(", ")],
    ["Platforms", places.length > 1 ? places.map(place).join(", ") : ""],
  ];
  return facts.flatMap(([label, value]) => (value === "" ? [] : [{ label, value }]));
}

function goal({ metric, direction, summary, target }: Search["objectives"][number]): string {
  const which = summary === "best" ? "" : ` (${summary.replaceAll("_", " ")})`;
  const until = target === null ? "" : `, until ${formatNumber(target)}`;
  return `${direction} ${metric}${which}${until}`;
}

function place({ platform, max_concurrent }: Search["places"][number]): string {
  return max_concurrent === null ? platform : `${platform} (${max_concurrent} at once)`;
}

/** How many of the points are shown, and where the others come from. */
export function pointsNote({ search, trials }: TaskPreview, isSeeded: boolean): string {
  if (!search) return "";
  const seed = isSeeded ? "" : " Without seed: in the YAML, the values are drawn anew at launch.";
  const known = trials.length;
  const hidden = search.n_trials - known;
  if (!search.follows_results) {
    const more = hidden > 0 ? `${plural(hidden, "more trial")}.` : "";
    return (more + (search.chosen === "grid" ? "" : seed)).trim();
  }
  if (search.n_trials > 0 && hidden <= 0) return seed.trim();
  if (known === 0) return "Every point follows from the results of earlier ones.";
  const first = known === 1 ? "The first point is" : `The first ${known} points are`;
  return `${first} known; the others follow from results.${seed}`;
}
