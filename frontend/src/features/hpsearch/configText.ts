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

const IN_A_LINE = /^(training\s*:\s*\{\s*)output_path\s*:\s*(?:"[^"]*"|'[^']*'|[^,}]*)(?:,\s*)?/;
const ON_A_LINE = /^\s+output_path\s*:/;
const TOP_LEVEL = /^[^\s#]/;

/** A config without `training.output_path`, which HyperTrainer writes where there is such a section. */
export function withoutOwnOutput(text: string): string {
  let isTraining = false;
  const kept = text.split("\n").flatMap((line) => {
    if (TOP_LEVEL.test(line)) isTraining = /^training\s*:/.test(line);
    if (isTraining && ON_A_LINE.test(line)) return [];
    return [line.replace(IN_A_LINE, "$1")];
  });
  return kept.join("\n");
}

/** The sections that say nothing about a trial's point. */
const OWN_SECTIONS = ["hpsearch", "output_path"];

/** What is left of a config when it is set against another trial's, or the search's own. */
export function comparable(text: string): string {
  return withoutOwnOutput(withoutSections(text, OWN_SECTIONS));
}
