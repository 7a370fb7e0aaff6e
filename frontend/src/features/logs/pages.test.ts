import { expect, it, vi } from "vitest";
import { LogPages, PAGE_LINES } from "./pages";
import { memoryLog } from "./testing";

async function settled(pages: LogPages) {
  await vi.waitFor(() => expect(pages.meta).not.toBeNull());
}

it("holds the page that is needed, and only asks once", async () => {
  const log = memoryLog(["first", "second"]);
  const pages = new LogPages(log.source);
  await pages.refresh();
  pages.need(0, 2);
  pages.need(0, 2);
  await vi.waitFor(() => expect(pages.line(1)).toBe("second"));
  pages.need(0, 2);
  expect(log.reads).toEqual([0]);
});

it("a page that was not full is read again when the log has grown", async () => {
  const log = memoryLog(["first"]);
  const pages = new LogPages(log.source);
  await pages.refresh();
  pages.need(0, 1);
  await vi.waitFor(() => expect(pages.line(0)).toBe("first"));
  log.append("second");
  await pages.refresh();
  pages.need(0, 2);
  await vi.waitFor(() => expect(pages.line(1)).toBe("second"));
});

it("a last line that is redrawn, such as a progress bar, is read again", async () => {
  const log = memoryLog(["start", "10%"]);
  const pages = new LogPages(log.source);
  await pages.refresh();
  pages.need(0, 2);
  await vi.waitFor(() => expect(pages.line(1)).toBe("10%"));
  log.replace(["start", "10% 20%"]);
  await pages.refresh();
  pages.need(0, 2);
  await vi.waitFor(() => expect(pages.line(1)).toBe("10% 20%"));
});

it("memory stays bounded however far one reads", async () => {
  const log = memoryLog(Array.from({ length: 100 * PAGE_LINES }, (_, index) => `line ${index}`));
  const pages = new LogPages(log.source);
  await pages.refresh();
  for (let page = 0; page < 60; page += 1) {
    pages.need(page * PAGE_LINES, page * PAGE_LINES + 1);
    await vi.waitFor(() => expect(pages.line(page * PAGE_LINES)).toBe(`line ${page * PAGE_LINES}`), {
      interval: 1,
    });
  }
  expect(pages.line(0)).toBeUndefined();
  expect(pages.line(59 * PAGE_LINES)).toBeDefined();
});

it("a log that shrank is read anew", async () => {
  const log = memoryLog(["a long first line", "second"]);
  const pages = new LogPages(log.source);
  await pages.refresh();
  pages.need(0, 2);
  await vi.waitFor(() => expect(pages.line(0)).toBe("a long first line"));
  log.replace(["new"]);
  await pages.refresh();
  pages.need(0, 1);
  await vi.waitFor(() => expect(pages.line(0)).toBe("new"));
});

it("an error is kept until the next good answer", async () => {
  const log = memoryLog(["x"]);
  const pages = new LogPages(log.source);
  log.breakWith(new Error("gone"));
  await pages.refresh();
  expect(pages.error?.message).toBe("gone");
  log.breakWith(null);
  await pages.refresh();
  await settled(pages);
  expect(pages.error).toBeNull();
});
