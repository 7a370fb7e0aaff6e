/** Colours between given ones, mixed in OKLab, where equal steps look equal. */

type Triple = readonly [number, number, number];

/** `count` colours evenly through the stops, as `#rrggbb`. Stops are `#rgb` or `#rrggbb`. */
export function rampOf(stops: readonly string[], count: number): string[] {
  const labs = stops.map(toLab);
  return Array.from({ length: count }, (_, index) => {
    const at = count === 1 ? labs.length - 1 : (index / (count - 1)) * (labs.length - 1);
    const from = Math.min(Math.floor(at), Math.max(0, labs.length - 2));
    const [low, high] = [labs[from], labs[from + 1] ?? labs[from]];
    return low && high ? toHex(between(low, high, at - from)) : "#808080";
  });
}

/** One colour `share` of the way from the first to the second. */
export function mixed(first: string, second: string, share: number): string {
  return toHex(between(toLab(first), toLab(second), share));
}

/** The parts of `#rrggbb`, from 0 to 255. */
export function channels(hex: string): Triple {
  const long = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, "$&$&") : hex;
  const part = (at: number) => Number.parseInt(long.slice(at, at + 2), 16) || 0;
  return [part(1), part(3), part(5)];
}

function between(a: Triple, b: Triple, share: number): Triple {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

// Björn Ottosson, "A perceptual color space for image processing", 2020.
function toLab(hex: string): Triple {
  const [r, g, b] = channels(hex).map((value) => linear(value / 255));
  if (r === undefined || g === undefined || b === undefined) return [0, 0, 0];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function toHex([lightness, a, b]: Triple): string {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const parts = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((part) => Math.round(255 * Math.min(1, Math.max(0, encoded(part)))));
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function encoded(value: number): number {
  return value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
}

/** How many shades of the ramp there are. */
export const SHADES = 24;

/** One hue of rising contrast to a card in the present theme, from what is pale to what stands out. */
export function shadesOf(ink: (color: string) => string): string[] {
  const [card, hue, text] = [ink("var(--surface-card)"), ink("var(--series-1)"), ink("var(--text)")];
  return rampOf([mixed(card, hue, 0.25), mixed(card, hue, 0.6), hue, mixed(hue, text, 0.7)], SHADES);
}

/** The index of a rate's shade; -1 without a rate. */
export function shadeOf(rate: number): number {
  return Number.isNaN(rate) ? -1 : Math.min(SHADES - 1, Math.floor(rate * SHADES));
}
