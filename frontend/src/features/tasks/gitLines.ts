/** `file`: begins another file; `head`: what git says of it; `place`: `@@ -1,4 +1,5 @@`. */
export type GitLineKind = "file" | "head" | "place" | "added" | "removed" | "same";

export interface GitLine {
  number: number;
  kind: GitLineKind;
  text: string;
}

/** The lines of what `git diff` prints, by what they are; a removed "--- a" inside a place is no file name. */
export function gitLines(text: string): GitLine[] {
  let isInPlace = false;
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line, number) => {
      if (line.startsWith("diff ")) isInPlace = false;
      else if (line.startsWith("@@")) isInPlace = true;
      return { number, kind: kindOf(line, isInPlace), text: line };
    });
}

function kindOf(line: string, isInPlace: boolean): GitLineKind {
  if (line.startsWith("diff ")) return "file";
  if (!isInPlace) return "head";
  if (line.startsWith("@@")) return "place";
  if (line.startsWith("+")) return "added";
  return line.startsWith("-") ? "removed" : "same";
}
