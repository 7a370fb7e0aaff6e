/** Where everything stands in a YAML text, told from indentation and brackets: also of one that is being written. */

/** Keys and places in lists, from the root. */
export type YamlPath = readonly (string | number)[];

/** A key of the text; `from` and `to` are where it stands. */
export interface OutlineKey {
  path: YamlPath;
  from: number;
  to: number;
}

/** What is being written at a place. */
export interface YamlContext {
  /** `item`: the item of a list, which may be a value or become a mapping. */
  kind: "key" | "value" | "item";
  /** Of the mapping whose key it is; of the value or item itself. */
  path: YamlPath;
  /** What is written of it so far, and where that begins. */
  text: string;
  from: number;
  /** Spaces before it where it stands in block style; null between brackets. */
  indent: number | null;
}

interface Level {
  indent: number;
  step: string | number;
}

interface Bracket {
  isMapping: boolean;
  step: string | number | null;
  /** Where what is being read begins. */
  start: number;
}

const KEY = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#&*!|>'"%@`[\]{},][^#]*?)\s*:(?=\s|$)/;

/** Every key in its order. */
export function outline(text: string): OutlineKey[] {
  const reader = new Reader(text);
  reader.read(text.length);
  return reader.keys;
}

/** What is being written at an offset; null in comments and quotes, and where a scalar goes on. */
export function contextAt(text: string, offset: number): YamlContext | null {
  const reader = new Reader(text.slice(0, offset));
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  reader.read(start);
  return reader.context(start, offset);
}

class Reader {
  readonly keys: OutlineKey[] = [];
  private levels: Level[] = [];
  private brackets: Bracket[] = [];
  /** The lines of a `|` text are further in than this. */
  private literal: number | null = null;

  constructor(private readonly text: string) {}

  /** Reads whole lines up to an offset. */
  read(end: number): void {
    for (let start = 0; start < end; ) {
      const next = this.text.indexOf("\n", start);
      const stop = next === -1 || next >= end ? end : next;
      this.line(start, stop);
      start = stop + 1;
    }
  }

  context(start: number, end: number): YamlContext | null {
    const line = this.text.slice(start, end);
    const indent = indentOf(line);
    if (this.brackets.length > 0) return this.within(start, end);
    if (this.literal !== null && (line.trim() === "" ? end - start : indent) > this.literal) return null;
    if (isInComment(line)) return null;
    const { at, isItem } = this.dashes(start, end);
    const rest = this.text.slice(at, end);
    const key = KEY.exec(rest);
    if (key) return this.afterKey(at, end, key);
    this.close(at - start);
    if (/^[[{]/.test(rest)) return this.within(at, end);
    if (this.text[at - 1] === "-" || /^["'|>&*!#-]/.test(rest) || /:\s|\s#/.test(rest)) return null;
    const written = { path: this.path(), text: rest, from: at, indent: at - start };
    return { kind: isItem ? "item" : "key", ...written };
  }

  private afterKey(at: number, end: number, key: RegExpExecArray): YamlContext | null {
    const start = this.text.lastIndexOf("\n", at - 1) + 1;
    this.open(at - start, at, key[1] ?? "");
    const after = this.text.slice(at + key[0].length, end);
    const from = end - after.trimStart().length;
    if (/^[[{]/.test(after.trimStart())) return this.within(from, end);
    if (after === "" || /^["'|>&*!]|\s#/.test(after.trimStart())) return null;
    return { kind: "value", path: this.path(), text: this.text.slice(from, end), from, indent: at - start };
  }

  /** Between brackets, which may have been opened on an earlier line. */
  private within(from: number, end: number): YamlContext | null {
    if (!this.flow(from, end)) return null;
    const inner = this.brackets.at(-1);
    if (!inner) return null;
    const begun = this.text.slice(inner.start, end);
    const text = begun.trimStart();
    if (/^["']/.test(text)) return null;
    const isKey = inner.isMapping && inner.step === null;
    const kind = isKey ? "key" : inner.isMapping ? "value" : "item";
    return { kind, path: this.path(), text, from: end - text.length, indent: null };
  }

  private line(start: number, end: number): void {
    const line = this.text.slice(start, end);
    if (this.brackets.length > 0) {
      this.flow(start, end);
      return;
    }
    if (line.trim() === "") return;
    if (this.literal !== null && indentOf(line) > this.literal) return;
    this.literal = null;
    if (line.trimStart().startsWith("#")) return;
    const { at } = this.dashes(start, end);
    const key = KEY.exec(this.text.slice(at, end));
    const indent = at - start;
    if (key) this.open(indent, at, key[1] ?? "");
    else this.close(indent);
    this.value(key ? at + key[0].length : at, end, indent);
  }

  /** Goes into the items that dashes begin, and tells where what follows stands. */
  private dashes(start: number, end: number): { at: number; isItem: boolean } {
    let at = start + indentOf(this.text.slice(start, end));
    let isItem = false;
    for (let dash = /^-(?:\s+|$)/.exec(this.text.slice(at, end)); dash; ) {
      const indent = at - start;
      const last = this.closeItems(indent);
      this.levels.push({ indent, step: last + 1 });
      at += dash[0].length;
      isItem = true;
      dash = /^-(?:\s+|$)/.exec(this.text.slice(at, end));
    }
    return { at, isItem };
  }

  /** Leaves what an item at this indent ends; the number of the item before it, or -1. */
  private closeItems(indent: number): number {
    for (let last = this.levels.at(-1); last && last.indent >= indent; last = this.levels.at(-1)) {
      if (last.indent === indent && typeof last.step === "string") return -1;
      this.levels.pop();
      if (last.indent === indent && typeof last.step === "number") return last.step;
    }
    return -1;
  }

  private close(indent: number): void {
    while ((this.levels.at(-1)?.indent ?? -1) >= indent) this.levels.pop();
  }

  private open(indent: number, at: number, key: string): void {
    this.close(indent);
    this.levels.push({ indent, step: unquoted(key) });
    this.keys.push({ path: this.path(), from: at, to: at + key.length });
  }

  private value(from: number, end: number, indent: number): void {
    const at = from + indentOf(this.text.slice(from, end));
    const first = this.text[at];
    if (at >= end) return;
    if (first === "{" || first === "[") this.flow(at, end);
    else if (first === "|" || first === ">") this.literal = indent;
  }

  /** Reads between brackets; false where it ends within quotes or a comment. */
  private flow(from: number, end: number): boolean {
    for (let at = from; at < end; at += 1) {
      const char = this.text[at];
      const inner = this.brackets.at(-1);
      if (char === "#" && /\s/.test(this.text[at - 1] ?? " ")) return false;
      if ((char === '"' || char === "'") && inner && this.text.slice(inner.start, at).trim() === "") {
        const close = this.text.indexOf(char, at + 1);
        if (close === -1 || close >= end) return false;
        at = close;
      } else if (char === "{" || char === "[") {
        this.brackets.push({ isMapping: char === "{", step: char === "{" ? null : 0, start: at + 1 });
      } else if (char === "}" || char === "]") {
        this.brackets.pop();
        if (this.brackets.length === 0) return false;
      } else if (inner && char === ",") {
        inner.step = inner.isMapping ? null : Number(inner.step) + 1;
        inner.start = at + 1;
      } else if (inner?.isMapping && inner.step === null && char === ":" && this.endsKey(at)) {
        this.flowKey(inner, at);
      }
    }
    return true;
  }

  private endsKey(at: number): boolean {
    return /[\s,}\]]|^$/.test(this.text[at + 1] ?? "");
  }

  private flowKey(inner: Bracket, at: number): void {
    const key = this.text.slice(inner.start, at);
    const from = inner.start + indentOf(key);
    inner.step = unquoted(key.trim());
    inner.start = at + 1;
    this.keys.push({ path: this.path(), from, to: from + key.trim().length });
  }

  private path(): YamlPath {
    const inner = this.brackets.flatMap(({ step }) => (step === null ? [] : [step]));
    return [...this.levels.map(({ step }) => step), ...inner];
  }
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function isInComment(line: string): boolean {
  return /^\s*#/.test(line);
}

function unquoted(key: string): string {
  return /^(["']).*\1$/s.test(key) ? key.slice(1, -1) : key;
}
