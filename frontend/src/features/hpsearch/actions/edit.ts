import type { components } from "~/api/schema";
import type { SearchDetail } from "~/features/hpsearch/types";

export type SearchEdit = components["schemas"]["SearchEdit"];

/** What a user may change of a search, as the form has it. */
export interface EditDraft {
  name: string;
  project: string;
  notes: string;
  /** null while the field is empty. */
  n_trials: number | null;
  max_concurrent: number | null;
  config_text: string;
}

export function draftOf(search: SearchDetail): EditDraft {
  const { name, project, notes, n_trials, config_text, spec } = search;
  const most = spec["max_concurrent"];
  return {
    ...{ name, project, notes, config_text },
    n_trials: n_trials > 0 ? n_trials : null,
    max_concurrent: typeof most === "number" ? most : null,
  };
}

/** Only what is not as it was; null where nothing differs. An emptied number says nothing. */
export function editOf(draft: EditDraft, search: SearchDetail): SearchEdit | null {
  const before = draftOf(search);
  const edit: SearchEdit = {
    ...(draft.name.trim() !== before.name ? { name: draft.name.trim() } : {}),
    ...(draft.project.trim() !== before.project ? { project: draft.project.trim() } : {}),
    ...(draft.notes !== before.notes ? { notes: draft.notes } : {}),
    ...(draft.n_trials !== before.n_trials && draft.n_trials !== null ? { n_trials: draft.n_trials } : {}),
    ...(draft.max_concurrent !== before.max_concurrent && draft.max_concurrent !== null
      ? { max_concurrent: draft.max_concurrent }
      : {}),
    ...(draft.config_text !== before.config_text ? { config_text: draft.config_text } : {}),
  };
  return Object.keys(edit).length > 0 ? edit : null;
}
