import { oneSearchReaders, searchListReaders } from "~/features/hpsearch/searchParams";
import { chartReaders } from "~/features/metrics/searchParams";
import { platformReaders } from "~/features/platforms/searchParams";
import { compareReaders } from "~/features/tasks/compare/searchParams";
import { taskReaders } from "~/features/tasks/searchParams";
import { flag, integer, searchSchema } from "~/lib/urlState";

/** What each page keeps in the URL. Reading is lenient: nonsense is dropped, see lib/urlState. */

/** On every page: the dialog to launch something. */
export const rootSearch = searchSchema({
  /** Opens the dialog empty. */
  submit: flag(),
  /** Opens the dialog filled in from this task. */
  clone: integer(1),
});

export const tasksSearch = searchSchema({ ...taskReaders, ...chartReaders });

export const searchesSearch = searchSchema(searchListReaders);

export const oneSearchSearch = searchSchema({ ...oneSearchReaders, ...chartReaders });

export const compareSearch = searchSchema({ ...compareReaders, ...chartReaders });

export const platformsSearch = searchSchema(platformReaders);
