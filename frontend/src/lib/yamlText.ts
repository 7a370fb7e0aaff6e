/** Settings as YAML text, in the block style that people write by hand. */

const PLAIN = /^[\p{L}_/~.$][\p{L}\p{N} _/~.$@:+=()-]*$/u;
/** Text that YAML 1.1 or 1.2 would read as something else. */
const READ_AS_OTHER =
  /^(~|null|true|false|yes|no|on|off|y|n|\.inf|\.nan|[-+]?[\d._]+(e[-+]?\d+)?|0[xo][\da-f]+|[-+]?\d[\d_]*(:[0-5]?\d)+(\.\d*)?|\d{4}-\d\d?-\d\d?.*)$/i;

/** A mapping as YAML; "" for an empty one. What is undefined is left out. */
export function yamlText(value: Readonly<Record<string, unknown>>, indent = 0): string {
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => entry(scalar(key), item, indent))
    .join("");
}

function entry(key: string, value: unknown, indent: number): string {
  const pad = " ".repeat(indent);
  if (Array.isArray(value) && value.length > 0) {
    return `${pad}${key}:\n${value.map((item) => `${pad}  - ${flow(item)}\n`).join("")}`;
  }
  if (isMapping(value) && Object.keys(value).length > 0) {
    return `${pad}${key}:\n${yamlText(value, indent + 2)}`;
  }
  return `${pad}${key}: ${flow(value)}\n`;
}

/** A value on one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (isMapping(value)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${scalar(key)}: ${flow(item)}`)
      .join(", ")}}`;
  }
  return typeof value === "string" ? scalar(value) : String(value ?? "null");
}

/** Text without quotes where it stays text, else as JSON, which YAML reads as it is. */
function scalar(text: string): string {
  const isPlain = PLAIN.test(text) && !/:\s|:$|\s$/.test(text);
  return isPlain && !READ_AS_OTHER.test(text) ? text : JSON.stringify(text);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
