import { type Axis, axisValue } from "./axes";
import type { TrialRead } from "./types";

/** What is kept of an axis: its values in a range, both ends included, or some candidates. */
export type Brush =
  | { kind: "range"; low: number; high: number }
  | { kind: "choices"; choices: readonly string[] };

/** The choice of trials without a value on an axis, such as those in which a parameter is not set. */
export const NO_VALUE = "(none)";

/** The brushes in force, by the axis' id. */
export type Brushes = ReadonlyMap<string, Brush>;

/** From the URL: "params.lr:0.001..0.1", "params.optimizer=sgd|adam". What cannot be read is left out. */
export function parseBrushes(texts: readonly string[] | undefined): Brushes {
  return new Map((texts ?? []).flatMap((text) => parsed(text) ?? []));
}

function parsed(text: string): [[string, Brush]] | null {
  const range = /^(.+):([-+.\de]+|-?Infinity)\.\.([-+.\de]+|-?Infinity)$/.exec(text);
  if (range) {
    const [low, high] = [Number(range[2]), Number(range[3])];
    return low <= high ? [[range[1] ?? "", { kind: "range", low, high }]] : null;
  }
  const choices = /^([^=]+)=(.+)$/.exec(text);
  if (!choices) return null;
  return [[choices[1] ?? "", { kind: "choices", choices: (choices[2] ?? "").split("|").map(unescaped) }]];
}

/** For the URL, the reverse of {@link parseBrushes}; undefined when there is none. */
export function brushTexts(brushes: Brushes): string[] | undefined {
  const texts = [...brushes].map(([axis, brush]) =>
    brush.kind === "range"
      ? `${axis}:${short(brush.low)}..${short(brush.high)}`
      : `${axis}=${brush.choices.map(escaped).join("|")}`,
  );
  return texts.length > 0 ? texts : undefined;
}

/** The brushes with one axis' set, or taken away by null. */
export function withBrush(brushes: Brushes, axis: string, brush: Brush | null): Brushes {
  const next = new Map(brushes);
  if (brush === null) next.delete(axis);
  else next.set(axis, brush);
  return next;
}

/** Numbers of the trials within all brushes. A trial without a value on a brushed axis is outside, unless that is chosen. */
export function brushedNumbers(
  trials: readonly TrialRead[],
  axes: readonly Axis[],
  brushes: Brushes,
): ReadonlySet<number> {
  const active = axes.flatMap((axis) => {
    const brush = brushes.get(axis.id);
    return brush ? [{ axis, brush }] : [];
  });
  const kept = trials.filter((trial) => active.every(({ axis, brush }) => isWithin(trial, axis, brush)));
  return new Set(kept.map(({ number }) => number));
}

function isWithin(trial: TrialRead, axis: Axis, brush: Brush): boolean {
  const value = axisValue(trial, axis);
  if (brush.kind === "choices") return brush.choices.includes(value === null ? NO_VALUE : String(value));
  if (typeof value !== "number") return false;
  const [low, high] = [brush.low - slack(brush.low), brush.high + slack(brush.high)];
  return value >= low && value <= high;
}

/** What the rounding of an end in the URL may have taken away. */
function slack(end: number): number {
  return Number.isFinite(end) ? Math.abs(end) * 1e-7 : 0;
}

/** Eight digits are as fine as anybody drags. */
function short(value: number): string {
  return String(Number(value.toPrecision(8)));
}

function escaped(choice: string): string {
  return choice.replaceAll("%", "%25").replaceAll("|", "%7C");
}

function unescaped(choice: string): string {
  return choice.replaceAll("%7C", "|").replaceAll("%25", "%");
}
