import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "./fixtures";

test.use({ labName: "pages" });
test.describe.configure({ mode: "serial" });

const SEARCH = `script: dummy.py
training:
  {num_epochs: 2, iterations: 1, seconds_per_iteration: 0, learning_rate: 0.1, dropout: 0.1}
hpsearch:
  n_trials: 6
  type: random_uniform
  seed: 1
  params:
    - {param: training.learning_rate, exponent_base: 10, lo: -4, hi: -1}
    - {param: training.dropout, lo: 0, hi: 0.5}
`;

test("searches, comparisons and platforms say what to do while there are none", async ({ page }) => {
  await page.goto("/ui/searches");
  await expect(page.getByText("No searches yet")).toBeVisible();
  await page.getByRole("link", { name: "New search" }).click();
  await expect(page.getByRole("dialog", { name: "New task" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.goto("/ui/compare");
  await expect(page.getByText("Nothing to compare yet")).toBeVisible();
  await page.goto("/ui/searches/77");
  await expect(page.getByText("There is no such search")).toBeVisible();
  await expect(page.getByRole("link", { name: "All searches" })).toBeVisible();
});

test("a search shows its trials, sorted and narrowed by a brush", async ({ page, lab }) => {
  const { tasks, search } = await lab.submit({ config_text: SEARCH, name: "sweep" });
  for (const { id } of tasks) await lab.ended(id);
  await page.goto(`/ui/searches/${search?.id}?tab=trials`);
  // It has no objective, so it is judged by a loss at its least.
  await expect(page.getByRole("combobox", { name: "Metric" })).toHaveValue("loss");
  const trials = page.getByRole("grid", { name: "Trials" });
  await expect(trials.getByRole("row")).toHaveCount(7);
  await expect(trials.getByRole("img", { name: "Best" })).toHaveCount(1);
  await trials.getByRole("button", { name: "loss" }).click();
  await expect(trials.getByRole("row").nth(1).getByRole("img", { name: "Best" })).toBeVisible();
  await expect(page).toHaveURL(/sort=objectives\.0/);

  await page.getByRole("tab", { name: "Parallel" }).click();
  const axis = page.getByRole("slider", { name: "Filter by loss" });
  await axis.focus();
  await axis.press("ArrowUp");
  await expect(page).toHaveURL(/brush=objectives\.0/);
  for (let step = 0; step < 12; step += 1) await axis.press("Shift+ArrowDown");
  await page.getByRole("tab", { name: "Trials" }).click();
  await expect.poll(() => trials.getByRole("row").count()).toBeLessThan(7);
  await page.getByRole("button", { name: "Show all" }).click();
  await expect(trials.getByRole("row")).toHaveCount(7);

  await page.getByRole("tab", { name: "All metrics" }).click();
  await expect(page.getByRole("region", { name: "loss", exact: true })).toBeVisible();
  await page.getByRole("tab", { name: "Config", exact: true }).click();
  await expect(page.getByRole("textbox", { name: /Config of sweep/ })).toContainText("n_trials: 6");
  await expect(page.getByText("1e-4 to 0.1, logarithmic")).toBeVisible();
});

test("a running search is stopped after asking, and the list follows without a reload", async ({
  page,
  lab,
}) => {
  const slow = SEARCH.replace("seconds_per_iteration: 0,", "seconds_per_iteration: 30,");
  const { search } = await lab.submit({ config_text: slow, name: "slow" });
  await page.goto("/ui/searches");
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: "slow_hpsearch" }) });
  await expect(row).toContainText("running");
  await row.getByRole("link").click();
  await page.getByRole("button", { name: "Stop" }).click();
  const question = page.getByRole("dialog", { name: "Stop slow_hpsearch?" });
  await expect(question).toContainText("6 trials are active now");
  await question.getByRole("button", { name: "Stop the search" }).click();
  await expect(question).toBeHidden();
  await expect(page.getByRole("main")).toContainText("stopped");
  await page.getByRole("tab", { name: "Trials" }).click();
  await expect(
    page.getByRole("grid", { name: "Trials" }).getByText("cancelled", { exact: true }),
  ).toHaveCount(6, { timeout: 20_000 });
  await page.goto("/ui/searches");
  await expect(row).toContainText("stopped");
  expect(search?.name).toBe("slow_hpsearch");
});

test("a comparison shows what differs from a base that can be changed", async ({ page }) => {
  await page.goto("/ui/compare?id=1&id=2&id=3&tab=params");
  const table = page.getByRole("region", { name: "Parameters" });
  await expect(table.getByRole("columnheader").first()).toContainText("base");
  await expect(table.getByRole("rowheader")).toHaveText(["training.dropout", "training.learning_rate"]);
  await page.getByRole("switch", { name: "Only what differs" }).press("Space");
  await expect(table.getByRole("rowheader").filter({ hasText: "training.num_epochs" })).toBeVisible();
  await table.getByRole("button", { name: "Make #3 the base" }).click();
  await expect(page).toHaveURL(/id=3&id=1&id=2/);
  await page.getByRole("tab", { name: "Metrics" }).click();
  await expect(page.getByRole("region", { name: "Metrics" })).toContainText("lowest");
  await page.getByRole("tab", { name: "Config" }).click();
  await expect(page.getByRole("region", { name: /Configs of #3 and #1/ })).toContainText("learning_rate");
  await page.getByRole("textbox", { name: "Add a task" }).fill("4");
  await page.getByRole("option", { name: /#4/ }).click();
  await expect(page.getByText("4 tasks")).toBeVisible();
});

test("a platform is checked, and a broken platforms.yaml is told", async ({ page, lab }) => {
  await page.goto("/ui/platforms");
  const card = page.getByRole("region", { name: "local", exact: true });
  await expect(card.getByRole("meter", { name: "Slots used" })).toBeVisible();
  await card.getByRole("button", { name: "Check local" }).click();
  await expect(card).toContainText("Free space");
  await expect(card).toContainText(/What the last check found\s*(just now|.* ago)/);
  await writeFile(join(lab.home, "platforms.yaml"), "platforms: [\n");
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("alert")).toContainText("platforms.yaml", { timeout: 1000 });
  }).toPass({ timeout: 15_000 });
  await expect(card).toBeVisible();
});
