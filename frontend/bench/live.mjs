// From a script's write to the page's DOM: prints a JSON list of delays in milliseconds.
// usage: node bench/live.mjs LINK TASK_ID COUNT PROGRESS_FILE
// The file's lines hold the epoch and the Unix time of writing; the task's row shows the epoch.
import { readFileSync } from "node:fs";
import { chromium } from "@playwright/test";

const [link, taskId, count, progressFile] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
});
const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
await page.goto(link);
const row = page
  .getByRole("row")
  .filter({ has: page.getByText(taskId, { exact: true }) })
  .first();
await row.waitFor();

// The page notes each text that its row takes on, and when.
await row.evaluate((element) => {
  window.seen = [];
  const note = () => {
    const match = /(\d+)\s*\/\s*100[,. ]?000/.exec(element.textContent ?? "");
    const epoch = match ? Number(match[1]) : null;
    if (epoch !== null && window.seen.at(-1)?.[0] !== epoch) window.seen.push([epoch, Date.now()]);
  };
  new MutationObserver(note).observe(element, { subtree: true, childList: true, characterData: true });
});
await page.waitForFunction((wanted) => window.seen.length > wanted, Number(count), {
  timeout: 300_000,
  polling: 500,
});
const seen = await page.evaluate(() => window.seen);
await browser.close();

const written = new Map(
  readFileSync(progressFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split("\t"))
    .map((fields) => [Number(fields[0]), Number(fields[4]) * 1000]),
);
// A table shows epochs counted from one; the file counts from zero.
const delays = seen.slice(1).map(([epoch, at]) => at - (written.get(epoch - 1) ?? Number.NaN));
process.stdout.write(JSON.stringify(delays.filter((delay) => Number.isFinite(delay))));
