import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(cleanup);

class NeverObserves {
  observe() {}
  unobserve() {}
  disconnect() {}
}

// What jsdom lacks and our components need.
window.matchMedia = (query) => ({
  matches: false,
  media: query,
  onchange: null,
  addEventListener: () => {},
  removeEventListener: () => {},
  addListener: () => {},
  removeListener: () => {},
  dispatchEvent: () => false,
});
globalThis.ResizeObserver = NeverObserves;
Element.prototype.scrollIntoView = () => {};
for (const [name, size] of [
  ["clientHeight", 400],
  ["clientWidth", 800],
  ["offsetHeight", 400],
  ["offsetWidth", 800],
] as const) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size });
}
