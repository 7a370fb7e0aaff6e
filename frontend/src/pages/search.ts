import { STATUSES } from "~/lib/statuses";
import { flag, integer, list, number, oneOf, searchSchema, text } from "~/lib/urlState";

/** What each page keeps in the URL. Reading is lenient: nonsense is dropped, see lib/urlState. */

/** On every page: the dialog to launch something. */
export const rootSearch = searchSchema({
  /** Opens the dialog empty. */
  submit: flag(),
  /** Opens the dialog filled in from this task. */
  clone: integer(1),
});

const chart = {
  x: oneOf("epoch", "time", "elapsed"),
  log: flag(),
  smooth: number(0, 0.99),
  /** Metrics shown; none means all. */
  metric: list(text()),
};

export const tasksSearch = searchSchema({
  q: text(),
  status: list(oneOf(...STATUSES)),
  platform: list(text()),
  project: list(text()),
  tag: list(text()),
  where: list(text()),
  archived: flag(),
  sort: text(),
  /** The open task. */
  task: integer(1),
  /** The open tab of the task: "plots", "config", "details" or "log:NAME". */
  tab: text(),
  ...chart,
});

export const searchesSearch = searchSchema({ sort: text() });

export const oneSearchSearch = searchSchema({ tab: text(), trial: integer(0), ...chart });

export const compareSearch = searchSchema({ id: list(integer(1)), tab: text(), ...chart });

export const platformsSearch = searchSchema({ name: text() });
