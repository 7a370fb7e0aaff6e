import { downloaded, expect, launch, openDialog, rowOf, test } from "./fixtures";

test.use({ labName: "tutorial" });
test.describe.configure({ mode: "serial" });

test("1: a submitted task appears at once, and its progress moves without a reload", async ({ page }) => {
  await page.goto("/ui/tasks");
  await expect(page.getByText("Nothing has run yet")).toBeVisible();
  await page.evaluate(() => Object.assign(window, { wasLoadedOnce: true }));
  await launch(page, "epochs", "epochs_test.yaml");
  await page.getByRole("button", { name: "Close the task" }).click();

  const row = rowOf(page, "epochs_test");
  await expect(row).toBeVisible();
  const bar = row.getByRole("progressbar");
  await expect(bar).toHaveAccessibleName(/epoch [1-4]\/5/);
  await expect(row).toContainText(/\d+(\.\d)?s/);
  const early = Number(await bar.getAttribute("aria-valuenow"));
  await expect.poll(async () => Number(await bar.getAttribute("aria-valuenow"))).toBeGreaterThan(early);
  await expect(row).toContainText("finished");
  await expect(row).toContainText("5/5");
  expect(await page.evaluate(() => "wasLoadedOnce" in window)).toBe(true);
});

test("2: a click opens the panel with the logs, plots, config and details", async ({ page, lab }) => {
  await lab.ended(1);
  await page.goto("/ui/tasks");
  await page.getByRole("link", { name: "epochs_test" }).click();
  const panel = page.getByRole("region", { name: "Task #1" });
  for (const name of [
    "out.txt",
    "err.txt",
    "progress.log",
    "metric_loss.log",
    "Plots",
    "Config",
    "Details",
  ]) {
    await expect(panel.getByRole("tab", { name, exact: true })).toBeVisible();
  }
  await panel.getByRole("tab", { name: "out.txt" }).click();
  await expect(panel.getByRole("region", { name: "Text of out.txt" })).toContainText("Done: 5 epochs.");
  await panel.getByRole("tab", { name: "Config" }).click();
  await expect(panel.getByRole("textbox", { name: /Config of/ })).toContainText("num_epochs: 5");
  await panel.getByRole("tab", { name: "Details" }).click();
  const details = panel.getByRole("region", { name: "Details of epochs_test #1" });
  await expect(details).toContainText("Exit code 0.");
  await expect(details.getByRole("heading", { name: "1 attempt" })).toBeVisible();
  await expect(details).toContainText("Python");
});

test("3: the loss curve draws itself, and can be zoomed, smoothed, put on a log axis and saved", async ({
  page,
}) => {
  await page.goto("/ui/tasks");
  await launch(page, "plot", "plot_test.yaml");
  const panel = page.getByRole("region", { name: "Task #2" });
  await panel.getByRole("tab", { name: "Plots" }).click();
  const chart = panel.getByRole("region", { name: "loss", exact: true });
  const curve = chart.locator("path.recharts-line-curve").first();
  const length = async () => ((await curve.getAttribute("d").catch(() => null)) ?? "").length;
  await expect.poll(length, { message: "the curve is drawn" }).toBeGreaterThan(10);
  const early = await length();
  await expect.poll(length, { message: "and grows while the task runs" }).toBeGreaterThan(early);
  await expect(panel).toContainText("finished");

  const plot = chart.getByTestId("plot");
  const box = await plot.boundingBox();
  if (!box) throw new Error("the plot has no place");
  await page.mouse.move(box.x + box.width * 0.25, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/zoom=loss/);
  await chart.getByRole("button", { name: "Reset the zoom of loss" }).click();
  await expect(page).not.toHaveURL(/zoom=/);

  await chart.getByRole("button", { name: "Logarithmic axis for loss" }).click();
  await expect(page).toHaveURL(/log=loss/);
  await page.getByRole("slider", { name: "Smoothing" }).press("End");
  await expect(page).toHaveURL(/smooth=0\.99/);
  await page.getByRole("radiogroup", { name: "Horizontal axis" }).getByText("Time").click();
  await expect(page).toHaveURL(/x=time/);
  await page.reload();
  await expect(chart.getByRole("button", { name: "Logarithmic axis for loss" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await page.getByRole("radiogroup", { name: "Horizontal axis" }).getByText("Epoch").click();

  const save = async (item: string) => {
    await chart.getByRole("button", { name: "Save loss" }).click();
    return downloaded(page, () => page.getByRole("menuitem", { name: item }).click());
  };
  const csv = await save("Save the points as CSV");
  expect(csv.name).toBe("loss.csv");
  expect(csv.text.trim().split("\n")).toHaveLength(41);
  expect((await save("Save the picture as SVG")).text).toContain("<svg");
  expect((await save("Save the picture as PNG")).text).toContain("PNG");

  const classwise = panel.getByRole("region", { name: "accuracy per class" });
  await classwise.scrollIntoViewIfNeeded();
  const horse = classwise.getByRole("button", { name: "horse" });
  await expect(horse).toHaveAttribute("aria-pressed", "true");
  await horse.click();
  await expect(horse).toHaveAttribute("aria-pressed", "false");
});

test("4: a search becomes three tasks that differ in their learning rate alone", async ({ page, lab }) => {
  await page.goto("/ui/tasks");
  const dialog = await openDialog(page);
  await page.getByRole("textbox", { name: "Config", exact: true }).fill("hp");
  await page.getByRole("option", { name: "hp_test.yaml" }).click();
  const trials = dialog.getByRole("region", { name: "Trials" });
  await expect(trials.getByRole("row")).toHaveCount(4);
  await expect(trials).toContainText("training.learning_rate");
  await dialog.getByRole("button", { name: "Submit 3 tasks" }).click();

  const names = ["hp_test_hpsearch_0", "hp_test_hpsearch_1", "hp_test_hpsearch_2"];
  for (const name of names) await expect(rowOf(page, name)).toBeVisible();
  const configs = await Promise.all([3, 4, 5].map(lab.config));
  for (const config of configs) expect(config).toMatch(/is_child: true/);
  // Beside it, each names its trial, and where its output goes.
  const own = /^ *(learning_rate|training\.learning_rate|output_path|trial|values):.*$/gm;
  const bare = configs.map((text) => text.replace(own, ""));
  expect(new Set(bare).size).toBe(1);
  expect(new Set(configs.map((text) => /learning_rate: *(\S+)/.exec(text)?.[1])).size).toBe(3);

  await page.getByRole("link", { name: "Searches" }).click();
  await page.getByRole("link", { name: "hp_test_hpsearch", exact: true }).click();
  await expect(page.getByRole("heading", { name: /hp_test_hpsearch/ })).toBeVisible();
  await page.getByRole("tab", { name: "Trials" }).click();
  await expect(page.getByRole("grid", { name: "Trials" }).getByRole("row")).toHaveCount(4);
  await expect(page.getByRole("progressbar", { name: "Progress of hp_test_hpsearch" })).toHaveAttribute(
    "aria-valuetext",
    "3 complete, of 3 trials",
  );
});

test("5: the table is exported with every parameter and every metric", async ({ page, lab }) => {
  for (const id of [3, 4, 5]) await lab.ended(id);
  await page.goto("/ui/tasks");
  await page.getByRole("button", { name: "Export" }).click();
  const csv = await downloaded(page, () => page.getByRole("link", { name: "CSV" }).click());
  const [header = "", ...rows] = csv.text.trim().split(/\r?\n/);
  expect(rows).toHaveLength(5);
  for (const column of [
    "id",
    "name",
    "status",
    "params.training.learning_rate",
    "metrics.loss.last",
    "metrics.loss.min",
    "metrics.loss.max",
  ]) {
    expect(header.split(",")).toContain(column);
  }
  const json = await downloaded(page, () => page.getByRole("link", { name: "JSON" }).click());
  expect(JSON.parse(json.text)).toHaveLength(5);
  expect((await downloaded(page, () => page.getByRole("link", { name: "YAML" }).click())).text).toContain(
    "plot_test",
  );
  expect((await downloaded(page, () => page.getByRole("link", { name: "PARQUET" }).click())).text).toMatch(
    /^PAR1/,
  );
});
