import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

type Tokens = Map<string, string>;

const css = readFileSync("src/styles/tokens.css", "utf8");
const values = declarations(/:root \{([^}]*)\}/);
const light = declarations(/:root\[data-mantine-color-scheme="light"\] \{([^}]*)\}/);
const dark = declarations(/:root\[data-mantine-color-scheme="dark"\] \{([^}]*)\}/);

function declarations(block: RegExp): Tokens {
  const body = block.exec(css)?.[1] ?? "";
  return new Map(
    [...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name = "", value = ""]) => [name, value]),
  );
}

function hex(theme: Tokens, name: string): string {
  const value = theme.get(name) ?? values.get(name) ?? "";
  const inner = /^var\(--([\w-]+)\)$/.exec(value)?.[1];
  return inner ? hex(theme, inner) : value;
}

/** WCAG 2 relative luminance. */
function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(theme: Tokens, one: string, other: string): number {
  const [a, b] = [luminance(hex(theme, one)), luminance(hex(theme, other))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const surfaces = ["surface-page", "surface-card", "surface-sunken", "surface-hover", "surface-selected"];
const statuses = ["running", "finished", "waiting", "crashed", "cancelled", "lost", "pruned"];
const ansi = [...light.keys()].filter((name) => name.startsWith("ansi-"));
const code = ["code-key", "code-string", "code-number", "code-comment"];

describe.each([
  ["light", light],
  ["dark", dark],
] as const)("the %s theme", (_, theme) => {
  it.each(surfaces)("text and dimmed text can be read on %s", (surface) => {
    expect(contrast(theme, "text", surface)).toBeGreaterThanOrEqual(7);
    expect(contrast(theme, "text-dim", surface)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(theme, "accent", surface)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(statuses)("%s can be read on its tint and on a card", (status) => {
    expect(contrast(theme, status, `${status}-tint`)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(theme, status, "surface-card")).toBeGreaterThanOrEqual(4.5);
  });

  it.each([...ansi, ...code])("%s can be read in logs and editors", (name) => {
    expect(contrast(theme, name, "surface-card")).toBeGreaterThanOrEqual(4.5);
    expect(contrast(theme, name, "surface-sunken")).toBeGreaterThanOrEqual(4.5);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("series %d stands out from a card", (index) => {
    expect(contrast(theme, `series-${index}`, "surface-card")).toBeGreaterThanOrEqual(3);
  });

  it("marked and changed text can be read", () => {
    expect(contrast(theme, "mark-text", "mark")).toBeGreaterThanOrEqual(4.5);
    expect(contrast(theme, "mark-text", "mark-current")).toBeGreaterThanOrEqual(4.5);
    expect(contrast(theme, "text", "added-tint")).toBeGreaterThanOrEqual(7);
    expect(contrast(theme, "text", "removed-tint")).toBeGreaterThanOrEqual(7);
  });

  it("defines every meaning", () => {
    expect([...theme.keys()]).toEqual([...light.keys()]);
  });
});
