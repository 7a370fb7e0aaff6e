/**
 * A config without the sections that HyperTrainer writes anew for each trial, so that only what was tried differs:
 * the blocks of these keys at the top level, whether they span one line or many.
 */
export function withoutSections(text: string, keys: readonly string[]): string {
  let isLeftOut = false;
  const kept = text.split("\n").filter((line) => {
    const key = /^(["']?)([^\s#"'\-\]}][^:"']*)\1\s*:(?=\s|$)/.exec(line)?.[2];
    if (key !== undefined) isLeftOut = keys.includes(key.trim());
    return !isLeftOut;
  });
  return kept.join("\n");
}

/** The sections that say nothing about a trial's point. */
export const OWN_SECTIONS = ["hpsearch", "output_path"];
