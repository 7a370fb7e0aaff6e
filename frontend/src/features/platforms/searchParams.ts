import { type SearchOf, text } from "~/lib/urlState";

/** What the URL says about the platforms. */
export const platformReaders = {
  /** The platform that is shown. */
  name: text(),
  /** The type of a new one: "slurm"; "new" while none is chosen. */
  add: text(),
  /** The platform that is edited. */
  edit: text(),
};

export type PlatformSearch = SearchOf<typeof platformReaders>;
