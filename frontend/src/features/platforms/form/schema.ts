/** What a platform type's settings are, read from the JSON Schema that the server gives. */

/** How a setting is typed in: `loose` is a number, word or list, written as in YAML. */
export type FieldKind = "text" | "number" | "switch" | "lines" | "pairs" | "loose";

export interface Field {
  /** "resources.time" */
  path: string;
  kind: FieldKind;
  help: string;
  /** What stands in the field while it is empty. */
  example: string;
}

type Node = Readonly<Record<string, unknown>>;

/** Every setting, in the server's order; those of a section with its name before the dot. */
export function fieldsOf(schema: Node): Field[] {
  return section(schema, schema, "");
}

function section(node: Node, root: Node, prefix: string): Field[] {
  const properties = isNode(node["properties"]) ? node["properties"] : {};
  return Object.entries(properties).flatMap(([key, raw]) => {
    if (!isNode(raw)) return [];
    const path = `${prefix}${key}`;
    const variants = variantsOf(raw, root);
    const nested = variants.find((variant) => isNode(variant["properties"]));
    return nested ? section(nested, root, `${path}.`) : [field(path, raw, variants)];
  });
}

function field(path: string, raw: Node, variants: readonly Node[]): Field {
  const help = raw["description"] ?? variants[0]?.["description"];
  return {
    path,
    kind: kindOf(raw, variants),
    help: typeof help === "string" ? help : "",
    example: exampleOf(raw),
  };
}

/** What a value may be, apart from nothing. */
function variantsOf(raw: Node, root: Node): Node[] {
  const node = resolved(raw, root);
  const union = node["anyOf"] ?? node["oneOf"];
  const members = Array.isArray(union) ? union.filter(isNode) : [node];
  return members.map((member) => resolved(member, root)).filter((member) => member["type"] !== "null");
}

function resolved(node: Node, root: Node): Node {
  const reference = node["$ref"];
  if (typeof reference !== "string") return node;
  const found = reference
    .replace(/^#\//, "")
    .split("/")
    .reduce<unknown>((at, key) => (isNode(at) ? at[key] : undefined), root);
  return isNode(found) ? found : node;
}

function kindOf(raw: Node, variants: readonly Node[]): FieldKind {
  const [only, ...others] = variants;
  if (!only || others.length > 0) return "loose";
  // "500M" for a number of bytes: the server reads more than it keeps.
  const examples = raw["examples"];
  if (only["type"] === "integer" && Array.isArray(examples) && typeof examples[0] === "string")
    return "loose";
  switch (only["type"]) {
    case "string":
      return "text";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "switch";
    case "array":
      return isNode(only["items"]) && only["items"]["type"] === "string" ? "lines" : "loose";
    case "object":
      return "pairs";
    default:
      return "loose";
  }
}

function exampleOf(raw: Node): string {
  const examples = raw["examples"];
  const shown = Array.isArray(examples) && examples.length > 0 ? examples[0] : raw["default"];
  if (shown === undefined || shown === null || isEmpty(shown)) return "";
  return shownValue(shown);
}

function shownValue(value: unknown): string {
  if (Array.isArray(value)) return value.map(shownValue).join("\n");
  if (isNode(value))
    return Object.entries(value)
      .map(([key, item]) => `${key}=${shownValue(item)}`)
      .join("\n");
  return String(value);
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
