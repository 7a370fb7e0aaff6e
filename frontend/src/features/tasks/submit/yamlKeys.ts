import { yamlLanguage } from "@codemirror/lang-yaml";

/** A key of a YAML text: where it is, and what stands there now. Lines and columns count from 1. */
export interface YamlKey {
  /** "training.optimizer.name"; items of lists are numbered from 0. */
  path: string;
  /** The scalar's text as written; null for a mapping or a list. */
  value: string | null;
  line: number;
  column: number;
}

type SyntaxNode = ReturnType<typeof yamlLanguage.parser.parse>["topNode"];

const MAPPINGS = new Set(["BlockMapping", "FlowMapping"]);
const LISTS = new Set(["BlockSequence", "FlowSequence"]);
const SCALARS = new Set(["Literal", "QuotedLiteral"]);

/** Every key of a YAML text in its order, as far as the text can be read. */
export function yamlKeys(text: string): YamlKey[] {
  const keys: YamlKey[] = [];
  const starts = lineStarts(text);
  const add = (path: string, key: SyntaxNode, value: SyntaxNode | null) => {
    keys.push({ path, value: scalarText(text, value), ...position(starts, key.from) });
  };
  const root = yamlLanguage.parser.parse(text).topNode.getChild("Document");
  for (const node of root ? children(root) : []) walk(text, node, "", add);
  return keys;
}

type Add = (path: string, key: SyntaxNode, value: SyntaxNode | null) => void;

function walk(text: string, node: SyntaxNode, prefix: string, add: Add): void {
  if (MAPPINGS.has(node.name)) {
    for (const pair of node.getChildren("Pair")) walkPair(text, pair, prefix, add);
  } else if (LISTS.has(node.name)) {
    node.getChildren("Item").forEach((item, index) => {
      for (const child of children(item)) walk(text, child, `${prefix}${index}.`, add);
    });
  }
}

function walkPair(text: string, pair: SyntaxNode, prefix: string, add: Add): void {
  const key = pair.getChild("Key")?.firstChild;
  if (!key) return;
  const path = prefix + unquoted(text.slice(key.from, key.to));
  const value = children(pair).find(({ name }) => MAPPINGS.has(name) || LISTS.has(name) || SCALARS.has(name));
  add(path, key, value ?? null);
  if (value) walk(text, value, `${path}.`, add);
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}

function scalarText(text: string, node: SyntaxNode | null): string | null {
  return node && SCALARS.has(node.name) ? text.slice(node.from, node.to) : null;
}

function unquoted(text: string): string {
  return /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function position(starts: readonly number[], offset: number): { line: number; column: number } {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
