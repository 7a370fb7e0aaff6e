/** A number kept in the browser; `fallback` when there is none or storage is forbidden. */
export function storedNumber(key: string, fallback: number): number {
  try {
    const text = localStorage.getItem(key);
    const value = text === null ? Number.NaN : Number(text);
    return Number.isFinite(value) ? value : fallback;
  } catch {
    return fallback;
  }
}

/** Keeps a number in the browser, where storage is allowed. */
export function storeNumber(key: string, value: number): void {
  try {
    localStorage.setItem(key, String(value));
  } catch {
    // A full or forbidden storage costs a preference, nothing else.
  }
}
