/** Axis ticks: pure, in data units. */

/** A domain and the ticks inside it. */
export interface Scale {
  domain: [number, number];
  ticks: number[];
}

/** The largest of 1, 2, 5 × 10^k that gives at least `count` steps over `span`, or the nearest below. */
export function niceStep(span: number, count: number): number {
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const ratio = rough / power;
  const factor = ratio > 7.07 ? 10 : ratio > 3.16 ? 5 : ratio > 1.41 ? 2 : 1;
  return factor * power;
}

/** Values `step` apart within [low, high], free of binary dust such as 0.30000000000000004. */
export function steps(low: number, high: number, step: number): number[] {
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    dusted((first + index) * step, step),
  );
}

function dusted(value: number, step: number): number {
  const digits = Math.max(0, Math.ceil(-Math.log10(step)) + 1);
  return digits > 15 ? value : Number(value.toFixed(digits));
}

/** A linear domain rounded out to whole ticks, so that it grows rarely while points stream in. */
export function linearScale(low: number, high: number, count = 5): Scale {
  const [from, to] = widened(low, high);
  const step = niceStep(to - from, count);
  const domain: [number, number] = [
    dusted(Math.floor(from / step + 1e-9) * step, step),
    dusted(Math.ceil(to / step - 1e-9) * step, step),
  ];
  return { domain, ticks: steps(domain[0], domain[1], step) };
}

/** An x axis: begins at the first point and ends at the next quarter of a tick step. */
export function runningScale(low: number, high: number, count = 5, smallestStep = 0): Scale {
  const [from, to] = widened(low, high, smallestStep || undefined);
  const step = Math.max(smallestStep, niceStep(to - from, count));
  const quarter = Math.max(smallestStep, step / 4);
  const end = dusted(Math.ceil(to / quarter - 1e-9) * quarter, quarter);
  return { domain: [from, end], ticks: steps(from, end, step) };
}

function widened(low: number, high: number, by?: number): [number, number] {
  if (low < high) return [low, high];
  if (by !== undefined) return [low, low + by];
  const margin = low === 0 ? 1 : Math.abs(low) * 0.1;
  return [low - margin, low + margin];
}

/** A logarithmic domain for positive values, rounded out to 1, 2 or 5 × 10^k. */
export function logScale(low: number, high: number, count = 6): Scale {
  const domain: [number, number] = [roundedLog(low, "down"), roundedLog(high, "up")];
  if (domain[0] === domain[1]) domain[1] = roundedLog(domain[1] * 1.5, "up");
  return { domain, ticks: logTicks(domain, count) };
}

function roundedLog(value: number, direction: "down" | "up"): number {
  const power = Math.floor(Math.log10(value) + 1e-12);
  const candidates = [1, 2, 5, 10].map((factor) => decimal(factor, power));
  return direction === "down"
    ? (candidates.findLast((candidate) => candidate <= value * (1 + 1e-9)) ?? value)
    : (candidates.find((candidate) => candidate >= value * (1 - 1e-9)) ?? value);
}

/** Decades; every n-th when there are many, with 2 and 5 between when there are few. */
function logTicks([low, high]: [number, number], count: number): number[] {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.ceil(Math.log10(high) - 1e-9);
  const every = Math.max(1, Math.ceil((last - first) / count));
  const factors = last - first <= 2 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = first; power <= last; power += every) {
    ticks.push(...factors.map((factor) => decimal(factor, power)));
  }
  return ticks.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
}

/** factor × 10^power without binary dust. */
function decimal(factor: number, power: number): number {
  return Number(`${factor}e${power}`);
}
