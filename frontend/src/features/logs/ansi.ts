import Anser from "anser";

/** Text in one look. `classes` are of LogView.module.css, colours beyond the 16 are CSS colours. */
export interface Segment {
  text: string;
  classes: string[];
  color?: string;
  background?: string;
}

const ESC = String.fromCharCode(27);
const BELL = String.fromCharCode(7);
// Operating system commands (titles, links) and every control sequence but colours.
const OTHER_SEQUENCES = new RegExp(
  `${ESC}\\][^${BELL}${ESC}]*(?:${BELL}|${ESC}\\\\)|${ESC}\\[[0-9;?]*[A-Za-ln-z]|${ESC}[()][A-Z0-9]`,
  "g",
);
const CONTROLS = new RegExp(
  `[${String.fromCharCode(0)}-${String.fromCharCode(8)}${String.fromCharCode(11)}-${String.fromCharCode(31)}${String.fromCharCode(127)}]`,
  "g",
);

/** A line's text cut where its colours change; never HTML. Each line starts without colours. */
export function ansiSegments(line: string): Segment[] {
  const text = line.includes(ESC) ? line.replace(OTHER_SEQUENCES, "") : line;
  if (!text.includes(ESC)) return [{ text: text.replace(CONTROLS, ""), classes: [] }];
  const entries = Anser.ansiToJson(text, { json: true, use_classes: true, remove_empty: true });
  return entries.map((entry) => {
    const isReversed = entry.decorations.includes("reverse");
    const [fg, bg] = [look(entry.fg, entry.fg_truecolor), look(entry.bg, entry.bg_truecolor)];
    return {
      text: entry.content.replace(CONTROLS, ""),
      classes: entry.decorations.filter((name) => name !== "reverse").map((name) => `ansi-${name}`),
      color: isReversed ? (bg ?? "var(--surface-card)") : fg,
      background: isReversed ? (fg ?? "var(--text)") : bg && tint(bg),
    };
  });
}

/** Anser's name of a colour as CSS: the 16 are tokens, others are mixed with the text's colour to stay readable. */
function look(name: string | null, trueColor: string | null): string | undefined {
  if (!name) return undefined;
  if (name === "ansi-truecolor") return mixed(trueColor ?? "128, 128, 128");
  const palette = /^ansi-palette-(\d+)$/.exec(name)?.[1];
  if (palette !== undefined) return mixed(paletteColor(Number(palette)));
  return `var(--${name})`;
}

function mixed(rgb: string): string {
  return `color-mix(in srgb, rgb(${rgb}) 45%, var(--text))`;
}

/** A background weak enough for any text upon it. */
function tint(color: string): string {
  return `color-mix(in srgb, ${color} 22%, transparent)`;
}

/** Colours 16 to 255 of xterm: a cube of 6 × 6 × 6, then 24 greys. */
function paletteColor(index: number): string {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return `${grey}, ${grey}, ${grey}`;
  }
  const cube = index - 16;
  const level = (value: number) => (value === 0 ? 0 : 55 + value * 40);
  return [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(level).join(", ");
}

/** The segments' text without colours. */
export function plainText(segments: readonly Segment[]): string {
  return segments.map((segment) => segment.text).join("");
}

/** Segments cut further at the ranges of a search, which are marked. Ranges ascend and do not overlap. */
export function markedSegments(
  segments: readonly Segment[],
  ranges: readonly (readonly [number, number])[],
): (Segment & { isMatch: boolean })[] {
  const result: (Segment & { isMatch: boolean })[] = [];
  let start = 0;
  for (const segment of segments) {
    const end = start + segment.text.length;
    const cuts = ranges.flat().filter((cut) => cut > start && cut < end);
    let from = start;
    for (const to of [...cuts, end]) {
      const isMatch = ranges.some(([low, high]) => low <= from && to <= high);
      if (to > from) result.push({ ...segment, text: segment.text.slice(from - start, to - start), isMatch });
      from = to;
    }
    start = end;
  }
  return result;
}

/** Where a pattern matches in a text. None for an empty match or a pattern that only the server's syntax allows. */
export function matchRanges(text: string, pattern: RegExp | null): [number, number][] {
  if (!pattern) return [];
  return [...text.matchAll(pattern)]
    .filter((match) => match[0].length > 0)
    .map((match) => [match.index, match.index + match[0].length]);
}

/** The search as a JavaScript pattern, without regard to case as on the server; null where JavaScript refuses it. */
export function searchPattern(text: string, isRegex: boolean): RegExp | null {
  if (!text) return null;
  try {
    return new RegExp(isRegex ? text : text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gi");
  } catch {
    return null;
  }
}
