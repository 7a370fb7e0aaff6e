import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { type Page, request } from "@playwright/test";
import { type Lab, openDialog, test, expect as usualExpect } from "./fixtures";

test.use({ labName: "searches" });

// A busy machine is no failure, and the first points of a server take a moment.
const expect = usualExpect.configure({ timeout: 20_000 });

/** Learning curves that keep their order; the trials that are held wait after an epoch for a file, the gate. */
const SCRIPT = `import json, math, os, sys, time
from pathlib import Path
here = Path(os.environ["HYPERTRAINER_OUTPUT_PATH"])
lines = [line.split(":", 1) for line in Path(sys.argv[1]).read_text().splitlines() if ":" in line]
values = {key.strip(): value.strip() for key, value in lines}
is_held = int(values["trial"]) in json.loads(values["held"])
for epoch in range(9):
    with (here / "metric_val_loss.log").open("a") as metric:
        metric.write(f"{epoch}\\t{abs(math.log10(float(values['rate'])) + 3) + 1 / (epoch + 1)}\\n")
    while is_held and not Path(values["gate"]).exists():
        time.sleep(0.02)
    time.sleep(0.05)
`;

interface Wanted {
  numTrials?: number;
  low?: string;
  /** The trials that wait. */
  held?: readonly number[];
  gate?: string;
}

const ALL = [...Array(12).keys()];

const searchYaml = ({
  numTrials = 12,
  low = "1.0e-6",
  held = [],
  gate = "never",
}: Wanted) => `script: curve.py
gate: ${gate}
held: [${held.join(", ")}]
rate: 1.0e-2
width: 8
hpsearch:
  algorithm: sobol
  n_trials: ${numTrials}
  max_concurrent: 2
  seed: 11
  objective: {metric: val_loss, direction: minimize}
  early_stopping: {rule: asha, max_epochs: 9}
  params:
    rate: {low: ${low}, high: 1.0, log: true}
    width: [4, 8, 16]
`;

test.beforeAll(async ({ lab }) => {
  await lab.write("curve.py", SCRIPT);
});

/** Starts a search without the browser; its number. */
async function started(lab: Lab, name: string, wanted: Wanted = {}): Promise<number> {
  const { search } = await lab.submit({ config_text: searchYaml(wanted), name });
  if (!search) throw new Error("no search was made");
  return search.id;
}

/** The API without the browser. */
const apiOf = (lab: Lab) =>
  request.newContext({ baseURL: lab.url, extraHTTPHeaders: { Authorization: `Bearer ${lab.token}` } });

/** Held trials would keep the slots, and outlive the server; a search would start further ones. */
test.afterEach(async ({ lab }) => {
  const api = await apiOf(lab);
  const { items }: { items: { id: number; ended_at: string | null }[] } = await (
    await api.get("/hpsearch")
  ).json();
  for (const { id } of items.filter(({ ended_at }) => ended_at === null)) {
    await api.post(`/hpsearch/${id}/stop`, { data: { cancel: true } });
    await expect.poll(async () => (await (await api.get(`/hpsearch/${id}`)).json()).num_active).toBe(0);
  }
  await api.dispose();
});

/** The search's bar, whose text counts its trials. */
const bar = (page: Page, name: string | RegExp) => page.getByRole("progressbar", { name });
const status = (page: Page, word: string) => page.getByRole("main").getByText(word, { exact: true });
const trialRows = (page: Page) =>
  page
    .getByRole("grid", { name: "Trials" })
    .getByRole("row")
    .filter({ has: page.getByRole("gridcell") });
const tab = (page: Page, name: string) => page.getByRole("tab", { name, exact: true });

async function more(page: Page, item: string) {
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

test("a search is written, watched while ASHA stops trials, and its best config is run again", async ({
  page,
  lab,
}) => {
  const gate = join(lab.path, "lessons.open");
  const text = searchYaml({ held: [0, 2], gate });
  await page.goto("/ui/searches");
  const dialog = await openDialog(page);
  await dialog.getByText("Write YAML", { exact: true }).click();
  await dialog.getByRole("textbox", { name: "YAML of the task" }).fill(text);
  await dialog.getByRole("textbox", { name: "Name" }).fill("lessons");
  const preview = dialog.getByRole("region", { name: "Preview" });
  await expect(preview).toContainText("12 trials of a search");
  await expect(preview).toContainText("minimize val_loss");
  await expect(preview.getByRole("region", { name: "Trials" }).getByRole("row")).not.toHaveCount(0);
  await dialog.getByRole("button", { name: "Start the search" }).click();

  await expect(page).toHaveURL(/\/ui\/searches\/\d+$/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("lessons");
  await page.evaluate(() => Object.assign(window, { isSamePage: true }));
  await tab(page, "Trials").click();
  // Trial 2 would wait forever: the rung ends it.
  await expect(trialRows(page).filter({ hasText: "lessons_hpsearch_2" })).toContainText(
    /stopped early.*stopped at epoch 1: val_loss 3\.567 is 3rd of 3 at this rung; only the best goes on/,
  );
  const words = (text: RegExp) => expect(bar(page, /lessons/)).toHaveAttribute("aria-valuetext", text);
  await words(/^\d+ complete, [1-9]\d* stopped early, [12] active, of 12 trials$/);
  await lab.write("lessons.open", "");
  await words(/^[1-9]\d* complete, [1-9]\d* stopped early, of 12 trials$/);
  await expect(status(page, "finished")).toBeVisible();
  await expect(trialRows(page)).toHaveCount(12);
  expect(await page.evaluate(() => "isSamePage" in window), "the page was not loaded again").toBe(true);

  await tab(page, "Best config").click();
  const best = page.getByRole("region", { name: /^Config of trial \d+$/ });
  await expect(best.getByRole("heading", { name: /^Best: trial \d+$/ })).toBeVisible();
  const diff = best.getByRole("region", { name: /^The search's config and that of trial/ });
  await expect(diff).toContainText(/\d+ lines? added, \d+ lines? removed/);
  await expect(diff).toContainText("removed: rate: 1.0e-2");

  await best.getByRole("button", { name: "Run it again" }).click();
  const again = page.getByRole("dialog", { name: /^Run trial \d+ again$/ });
  await again.getByRole("textbox", { name: "Name" }).fill("the best, in full");
  await again.getByRole("button", { name: "Run it again" }).click();
  await expect(page).toHaveURL(/\/ui\/tasks\?task=\d+/);
  const detail = page.getByRole("region", { name: /Task #/ });
  await expect(detail).toContainText("the best, in full");
  await expect(detail.getByText("finished", { exact: true }).first()).toBeVisible();
  const task = await lab.task(Number(new URL(page.url()).searchParams.get("task")));
  expect(task).toMatchObject({ name: "the best, in full", status: "finished", search_id: null });
});

test("a paused search starts nothing, and goes on when it is resumed", async ({ page, lab }) => {
  const gate = join(lab.path, "rests.open");
  const id = await started(lab, "rests", { numTrials: 6, held: ALL, gate });
  await page.goto(`/ui/searches/${id}?tab=trials`);
  await expect(bar(page, /rests/)).toHaveAttribute("aria-valuetext", /2 active/);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(status(page, "paused")).toBeVisible();
  // The active ones go on to their end.
  await lab.write("rests.open", "");
  await expect(bar(page, /rests/)).toHaveAttribute("aria-valuetext", "2 complete, of 6 trials");
  // Another task is started, watched and ended meanwhile: the server had time to start a trial.
  const { tasks } = await lab.submit({ config: "epochs_test.yaml", overrides: { "training.num_epochs": 1 } });
  await lab.ended(tasks[0]?.id ?? 0);
  await page.reload();
  await expect(trialRows(page)).toHaveCount(2);
  await expect(bar(page, /rests/)).toHaveAttribute("aria-valuetext", "2 complete, of 6 trials");

  await page.getByRole("button", { name: "Resume" }).click();
  await expect(trialRows(page)).toHaveCount(6);
  await expect(status(page, "finished")).toBeVisible();
});

test("stopping asks what becomes of the active trials, and cancels them", async ({ page, lab }) => {
  const id = await started(lab, "halts", { held: ALL });
  await page.goto(`/ui/searches/${id}?tab=trials`);
  await expect(bar(page, /halts/)).toHaveAttribute("aria-valuetext", /2 active/);
  await page.getByRole("button", { name: "Stop" }).click();
  const dialog = page.getByRole("dialog", { name: "Stop halts_hpsearch?" });
  await expect(dialog.getByRole("radio", { name: "are cancelled" })).toBeChecked();
  await dialog.getByRole("button", { name: "Stop the search" }).click();
  await expect(dialog).toBeHidden();
  await expect(status(page, "stopped")).toBeVisible();
  await expect(trialRows(page).filter({ hasText: "cancelled" })).not.toHaveCount(0);
  await expect(bar(page, /halts/)).not.toHaveAttribute("aria-valuetext", /active/);
});

test("a finished search gets more trials, and its replay comes out equal", async ({ page, lab }) => {
  const id = await started(lab, "grows", { numTrials: 3 });
  await page.goto(`/ui/searches/${id}?tab=trials`);
  await expect(status(page, "finished")).toBeVisible();
  await page.getByRole("button", { name: "More trials" }).click();
  const dialog = page.getByRole("dialog", { name: "More trials for grows_hpsearch" });
  await dialog.getByRole("textbox", { name: "How many more" }).fill("2");
  await expect(dialog).toContainText("5 in all. The search runs again");
  await dialog.getByRole("button", { name: "Add 2 trials" }).click();
  await expect(dialog).toBeHidden();
  await expect(trialRows(page)).toHaveCount(5);
  await expect(status(page, "finished")).toBeVisible();

  await more(page, "Replay and compare…");
  const replay = page.getByRole("dialog", { name: "Replay of grows_hpsearch" });
  await expect(replay).toContainText(/All of 5 suggestions and \d+ decisions? came out as recorded\./);
  await replay.getByRole("button", { name: "Close", exact: true }).last().click();
});

test("an edit's error is told at its line, and a valid edit is saved", async ({ page, lab }) => {
  const id = await started(lab, "changes", { held: ALL });
  await page.goto(`/ui/searches/${id}`);
  await more(page, "Edit…");
  const dialog = page.getByRole("dialog", { name: "Edit changes_hpsearch" });
  const editor = dialog.getByRole("textbox", { name: "Config of changes_hpsearch" });
  const save = dialog.getByRole("button", { name: "Save" });
  await expect(editor).toContainText("algorithm: sobol");
  await expect(save).toBeDisabled();
  await editor.fill(searchYaml({ held: ALL, low: "10" }));
  const problems = dialog.getByRole("list", { name: "Problems" });
  await expect(problems.getByRole("listitem")).toHaveText(/^Line 14, column \d+.*`?low`?.*10/);
  await expect(save).toBeDisabled();
  await editor.fill(searchYaml({ held: ALL, numTrials: 9 }));
  await expect(dialog.getByRole("status")).toHaveText("The server would accept this.");
  await expect(problems).toBeEmpty();
  await save.click();
  await expect(dialog).toBeHidden();
  await expect(bar(page, /changes/)).toHaveAttribute("aria-valuetext", /of 9 trials/);

  await more(page, "Edit…");
  await expect(editor).toContainText("n_trials: 9");
  await dialog.getByRole("textbox", { name: "Trials" }).fill("3");
  await expect(dialog.getByRole("status")).toHaveText("The server would accept this.");
  await save.click();
  await expect(bar(page, /changes/)).toHaveAttribute("aria-valuetext", /of 3 trials/);
});

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds: all rules in light, the colours again in dark. */
async function expectAccessible(page: Page, what: string) {
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", scheme);
    const axe = new AxeBuilder({ page }).setLegacyMode();
    const { violations } = await (scheme === "light"
      ? axe.withTags(RULES)
      : axe.withRules("color-contrast")
    ).analyze();
    const told = violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}: ${nodes[0]?.failureSummary}`);
    expect.soft(told, `${what}, ${scheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: "light" });
}

/** The chart, and what the server had to work out. */
async function drawn(page: Page) {
  await expect(page.getByRole("application", { name: /^val_loss, best of 9 trials/ })).toBeVisible();
  await expect(page.getByRole("region", { name: "Importance" })).toContainText("rate");
}

const VIEWS: Record<string, (page: Page) => Promise<void>> = {
  overview: drawn,
  trials: (page) => expect(trialRows(page)).toHaveCount(9),
  best: (page) => expect(page.getByText(/\d lines? added/)).toBeVisible(),
};

test.describe("with a search that is over", () => {
  let id = 0;

  test.beforeAll(async ({ lab }) => {
    id = await started(lab, "seen by all", { numTrials: 9 });
    const api = await apiOf(lab);
    await expect.poll(async () => (await (await api.get(`/hpsearch/${id}`)).json()).status).toBe("finished");
    await api.dispose();
  });

  /** Goes through the list and the views. */
  async function visitAll(page: Page, check: (what: string) => Promise<void>) {
    await page.goto("/ui/searches");
    await expect(page.getByRole("link", { name: "seen by all" })).toBeVisible();
    await check("the list");
    for (const [view, ready] of Object.entries(VIEWS)) {
      await page.goto(`/ui/searches/${id}?tab=${view}`);
      await ready(page);
      await check(view);
    }
  }

  test("axe finds nothing on the list and in the search's views, light and dark", async ({ page }) => {
    await visitAll(page, (what) => expectAccessible(page, what));
  });

  test("a narrow window is not wider than it is", async ({ page }) => {
    await page.setViewportSize({ width: 900, height: 800 });
    const overhang = () =>
      page
        .locator("html, body, main")
        .evaluateAll((all) => Math.max(...all.map((one) => one.scrollWidth - one.clientWidth)));
    await visitAll(page, async (what) => expect.soft(await overhang(), what).toBeLessThanOrEqual(0));
  });
});
