import { useQueries } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { api, type Task } from "~/api/client";
import { type Judgement, judgedSearch, judgedTrials, judgementOf, metricNames } from "./judgement";
import type { OneSearchSearch } from "./searchParams";
import type { SearchDetail, TrialRead } from "./types";

const PAGE = 500;

export interface Judged {
  search: SearchDetail;
  trials: readonly TrialRead[];
  /** What it is judged by, and could be; null where the search has objectives, or nothing is written yet. */
  choice: { judgement: Judgement; names: string[] } | null;
}

/**
 * A search as its views show it. One without objectives, which only draws values, is judged by a metric that its tasks
 * write; which one can be chosen.
 */
export function useJudged(
  search: SearchDetail,
  trials: readonly TrialRead[],
  { by, best, good }: Pick<OneSearchSearch, "by" | "best" | "good">,
): Judged {
  const isJudged = search.objectives.length === 0;
  const tasks = useTasksOf(search.id, isJudged ? trials.length : 0);
  const known = useRef({ key: "", trials: new WeakMap<TrialRead, TrialRead>() });
  return useMemo(() => {
    if (!isJudged) return { search, trials, choice: null };
    const names = metricNames(tasks);
    const judgement = judgementOf(names, { by, best, good });
    if (!judgement) return { search, trials, choice: null };
    const key = `${judgement.metric} ${judgement.summary}`;
    if (known.current.key !== key) known.current = { key, trials: new WeakMap() };
    const judged = judgedTrials(trials, tasks, judgement, known.current.trials);
    return { search: judgedSearch(search, judged, judgement), trials: judged, choice: { judgement, names } };
  }, [isJudged, search, trials, tasks, by, best, good]);
}

function useTasksOf(searchId: number, count: number): readonly Task[] {
  const pages = useQueries({
    queries: Array.from({ length: Math.ceil(count / PAGE) }, (_, page) =>
      api.queryOptions("get", "/tasks", {
        params: {
          query: { search_id: [searchId], archived: "any", sort: "id", limit: PAGE, offset: page * PAGE },
        },
      }),
    ),
    combine: (answers) => answers.map(({ data }) => data?.items),
  });
  return useMemo(() => pages.flatMap((items): Task[] => items ?? []), [pages]);
}
