/**
 * Exponential moving average with its start debiased, as TensorBoard and W&B draw it:
 * `last = last·w + (1−w)·v; n += 1; s = last / (1 − wⁿ)`.
 *
 * Gaps (null) stay gaps and do not count. A constant series is returned as it is, so that rounding draws no ripple.
 * @param weight 0 (off) up to, not including, 1.
 */
export function smoothed(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0 || isConstant(values)) return [...values];
  let last = 0;
  let debias = 1;
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return null;
    last = last * weight + (1 - weight) * value;
    debias *= weight;
    return last / (1 - debias);
  });
}

function isConstant(values: readonly (number | null)[]): boolean {
  const first = values.find((value) => value !== null);
  return values.every((value) => value === null || value === first);
}
