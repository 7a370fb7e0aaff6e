/** Values as people write them in YAML, on one line: scalars, quoted text, `[lists]` and `{mappings}`. */

export type YamlValue =
  | null
  | boolean
  | number
  | string
  | YamlFloat
  | YamlValue[]
  | { [key: string]: YamlValue };

export type ParsedValue = { ok: true; value: YamlValue } | { ok: false; message: string };

const FLOAT_MARK = "\u0001float:";
const FLOAT_MARKS = /"\\u0001float:([^"]+)"/g;
const INTEGER = /^[-+]?[0-9]+$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const NOT_FINITE = /^([-+]?\.inf|\.nan)$/i;

/** A float whose value is whole: JSON from JavaScript would make `1.0` an integer, and a script may care. */
export class YamlFloat {
  constructor(readonly text: string) {}

  toJSON(): string {
    return FLOAT_MARK + this.text;
  }
}

/** JSON in which a {@link YamlFloat} stays a float: `{"lr":1.0}`. */
export function jsonWithFloats(body: unknown): string {
  return JSON.stringify(body).replace(FLOAT_MARKS, "$1");
}

/** Reads a value as YAML 1.2 does; `yes` and `12:30` are text. */
export function parseYamlValue(text: string): ParsedValue {
  const reader = new FlowReader(text.trim());
  try {
    return { ok: true, value: reader.whole() };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

function plainScalar(text: string): YamlValue {
  if (text === "" || text === "~" || /^null$/i.test(text)) return null;
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  if (NOT_FINITE.test(text)) throw new Error(`${text} cannot be sent as an override; write it in the YAML.`);
  if (/^0x[0-9a-f]+$/i.test(text) || /^0o[0-7]+$/.test(text)) return Number(text);
  if (INTEGER.test(text)) return integer(text);
  if (FLOAT.test(text)) return float(text);
  return text;
}

function integer(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new Error(`${text} is too large for an override; write it in the YAML.`);
  return value;
}

function float(text: string): number | YamlFloat {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Error(`${text} is larger than any float.`);
  return Number.isInteger(value) ? new YamlFloat(value.toExponential().replace("e+", "e")) : value;
}

/** A recursive reader of YAML's flow style. Throws an Error whose message is for people. */
class FlowReader {
  private at = 0;

  constructor(private readonly text: string) {}

  whole(): YamlValue {
    const first = this.text[0] ?? "";
    if (!"[{\"'".includes(first) || first === "") return plainScalar(this.text);
    const value = this.value("");
    this.space();
    if (this.at < this.text.length) throw new Error(`Nothing may follow: ${this.text.slice(this.at)}`);
    return value;
  }

  private value(ends: string): YamlValue {
    this.space();
    const first = this.text[this.at];
    if (first === "[") return this.list();
    if (first === "{") return this.mapping();
    if (first === '"') return this.doubleQuoted();
    if (first === "'") return this.singleQuoted();
    return plainScalar(this.until(ends));
  }

  private list(): YamlValue[] {
    const items: YamlValue[] = [];
    this.at += 1;
    while (!this.closes("]")) {
      items.push(this.value(",]"));
      this.separator("]");
    }
    return items;
  }

  private mapping(): { [key: string]: YamlValue } {
    const entries: [string, YamlValue][] = [];
    this.at += 1;
    while (!this.closes("}")) {
      const key = this.value(":,}");
      this.space();
      if (this.text[this.at] !== ":") throw new Error(`\`${String(key)}\` needs a colon and a value.`);
      this.at += 1;
      entries.push([String(key), this.value(",}")]);
      this.separator("}");
    }
    return Object.fromEntries(entries);
  }

  private closes(bracket: string): boolean {
    this.space();
    if (this.at >= this.text.length) throw new Error(`A closing ${bracket} is missing.`);
    if (this.text[this.at] !== bracket) return false;
    this.at += 1;
    return true;
  }

  private separator(bracket: string): void {
    this.space();
    if (this.text[this.at] === ",") this.at += 1;
    else if (this.text[this.at] !== bracket) throw new Error(`A comma or a closing ${bracket} is missing.`);
  }

  private doubleQuoted(): string {
    const match = /^"(?:[^"\\]|\\.)*"/.exec(this.text.slice(this.at));
    if (!match) throw new Error('A closing " is missing.');
    this.at += match[0].length;
    const value: unknown = JSON.parse(match[0]);
    return String(value);
  }

  private singleQuoted(): string {
    const match = /^'((?:[^']|'')*)'/.exec(this.text.slice(this.at));
    if (!match) throw new Error("A closing ' is missing.");
    this.at += match[0].length;
    return (match[1] ?? "").replaceAll("''", "'");
  }

  private until(ends: string): string {
    const start = this.at;
    while (this.at < this.text.length && !ends.includes(this.text[this.at] ?? "")) this.at += 1;
    return this.text.slice(start, this.at).trim();
  }

  private space(): void {
    while (this.text[this.at] === " ") this.at += 1;
  }
}
