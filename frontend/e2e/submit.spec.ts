import type { Locator } from "@playwright/test";
import { choose, expect, launch, openDialog, rowOf, test } from "./fixtures";

test.use({ labName: "submit" });

const SEARCH = `script: dummy.py
training:
  learning_rate: 0.1
hpsearch:
  n_trials: 2
  type: random_uniform
  params:
    - param: training.learning_rate
      lo: 3
      hi: 1
`;

test.beforeAll(async ({ lab }) => {
  await lab.write("broken.yaml", "script: dummy.py\ntraining:\n  lr: 0.1\n   bad: [1, 2\n");
  await lab.write("backwards.yaml", SEARCH);
});

test("a missing script is told at the script's field", async ({ page }) => {
  await page.goto("/ui/tasks");
  const dialog = await openDialog(page);
  await choose(page, "Config", "epochs", "epochs_test.yaml");
  const script = dialog.getByRole("textbox", { name: "Script", exact: true });
  await script.fill("nope.py");
  await script.press("Enter");
  await expect(script).toHaveAccessibleDescription(/There is no script `nope.py`/);
  const submit = dialog.getByRole("button", { name: "Submit" });
  await expect(submit).toBeDisabled();
  await expect(submit).toHaveAccessibleDescription(/nope\.py/);
  await script.fill("dummy");
  await page.getByRole("option", { name: "dummy.py" }).click();
  await expect(script).toHaveValue("dummy.py");
  await expect(submit).toBeEnabled();
});

test("a YAML that does not parse is told with line and column, and mended in the editor", async ({
  page,
}) => {
  await page.goto("/ui/tasks?submit=1");
  const dialog = page.getByRole("dialog", { name: "New task" });
  await choose(page, "Config", "broken", "broken.yaml");
  const problems = dialog.getByRole("list", { name: "Problems in the YAML" });
  await expect(problems).toContainText("Line 4, column 7");
  await expect(problems).toContainText("cannot be read");
  await expect(dialog.getByRole("button", { name: "Submit" })).toBeDisabled();

  const editor = dialog.getByRole("textbox", { name: "YAML of broken.yaml" });
  await editor.fill("script: dummy.py\ntraining:\n  lr: 0.1\n");
  await expect(problems).toBeEmpty();
  await expect(dialog.getByText("edited", { exact: true })).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Submit" })).toBeEnabled();
  await dialog.getByRole("button", { name: "Undo all edits" }).click();
  await expect(problems).toContainText("Line 4, column 7");
});

test("lo above hi is told at its line, and at the override that made it so", async ({ page }) => {
  await page.goto("/ui/tasks?submit=1");
  const dialog = page.getByRole("dialog", { name: "New task" });
  await choose(page, "Config", "backwards", "backwards.yaml");
  await expect(dialog.getByRole("list", { name: "Problems in the YAML" })).toContainText(
    /Line 9, column \d+.*lo \(3\)/,
  );

  await choose(page, "Config", "hp_", "hp_test.yaml");
  await expect(dialog.getByRole("button", { name: "Submit 3 tasks" })).toBeEnabled();
  await dialog.getByRole("button", { name: "Override a value" }).click();
  await dialog.getByRole("combobox", { name: "Key 1" }).fill("hpsearch.params.0.lo");
  const value = dialog.getByRole("textbox", { name: "Value of hpsearch.params.0.lo" });
  await value.fill("5");
  await expect(value).toHaveAccessibleDescription(/must be below/);
  await value.fill("-3");
  await expect(dialog.getByRole("button", { name: "Submit 3 tasks" })).toBeEnabled();
});

test("an override of a key that is not there is told at its row", async ({ page }) => {
  await page.goto("/ui/tasks?submit=1");
  const dialog = page.getByRole("dialog", { name: "New task" });
  await choose(page, "Config", "epochs", "epochs_test.yaml");
  await dialog.getByRole("button", { name: "Override a value" }).click();
  const submit = dialog.getByRole("button", { name: "Submit" });
  await dialog.getByRole("combobox", { name: "Key 1" }).fill("training.lerning_rate");
  await expect(submit).toHaveAccessibleDescription(/Give training.lerning_rate a value/);
  const value = dialog.getByRole("textbox", { name: "Value of training.lerning_rate" });
  await value.fill("0.1");
  await expect(value).toHaveAccessibleDescription(
    /There is no `training.lerning_rate`.*`training.learning_rate`/,
  );
  await expect(submit).toBeDisabled();
});

test("a YAML that is no mapping, and one that names no script, say so", async ({ page }) => {
  await page.goto("/ui/tasks?submit=1");
  const dialog = page.getByRole("dialog", { name: "New task" });
  await dialog.getByText("Write YAML", { exact: true }).click();
  await expect(dialog.getByRole("button", { name: "Submit" })).toHaveAccessibleDescription(
    "Write the YAML of the task.",
  );
  const editor = dialog.getByRole("textbox", { name: "YAML of the task" });
  await editor.fill("- 1\n- 2\n");
  await expect(dialog.getByRole("list", { name: "Problems in the YAML" })).toContainText("must be a mapping");
  await editor.fill("a: 1\n");
  await expect(dialog.getByRole("textbox", { name: "Script", exact: true })).toHaveAccessibleDescription(
    /No script is named/,
  );
});

test("written YAML with overrides, project and tags becomes the task it describes", async ({ page, lab }) => {
  await page.goto("/ui/tasks?submit=1");
  const dialog = page.getByRole("dialog", { name: "New task" });
  await dialog.getByText("Write YAML", { exact: true }).click();
  const text = "training: {num_epochs: 1, iterations: 1, seconds_per_iteration: 0, learning_rate: 0.5}\n";
  await dialog.getByRole("textbox", { name: "YAML of the task" }).fill(text);
  await choose(page, "Script", "dum", "dummy.py");
  await dialog.getByRole("textbox", { name: "Name" }).fill("written here");
  await dialog.getByRole("combobox", { name: "Project" }).fill("vision");
  await dialog.getByRole("combobox", { name: "Tags" }).fill("first");
  await dialog.getByRole("combobox", { name: "Tags" }).press("Enter");
  await dialog.getByRole("button", { name: "Override a value" }).click();
  await dialog.getByRole("combobox", { name: "Key 1" }).fill("training.learning_rate");
  await dialog.getByRole("textbox", { name: "Value of training.learning_rate" }).fill("1.0");
  await dialog.getByRole("button", { name: "Submit" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("region", { name: /Task #/ })).toContainText("written here");
  const id = Number(new URL(page.url()).searchParams.get("task"));
  expect(await lab.task(id)).toMatchObject({ name: "written here", project: "vision", tags: ["first"] });
  // A whole float stays a float on its way into the YAML.
  expect(await lab.config(id)).toMatch(/learning_rate: 1\.0/);
});

test("a clone is filled in, and shows what differs", async ({ page, lab }) => {
  const { tasks } = await lab.submit({
    config: "epochs_test.yaml",
    tags: ["kept"],
    overrides: { "training.num_epochs": 1 },
  });
  const id = tasks[0]?.id ?? 0;
  await page.goto(`/ui/tasks?clone=${id}`);
  const dialog = page.getByRole("dialog", { name: `Run #${id} again` });
  await expect(dialog.getByRole("textbox", { name: "Name" })).toHaveValue("epochs_test");
  await expect(dialog).toContainText("kept");
  await expect(dialog).toContainText("No difference");
  await dialog.getByRole("textbox", { name: "Name" }).fill("second try");
  await dialog.getByRole("button", { name: "Override a value" }).click();
  await dialog.getByRole("combobox", { name: "Key 1" }).fill("training.seed");
  await dialog.getByRole("textbox", { name: "Value of training.seed" }).fill("7");
  const diff = dialog.getByRole("region", { name: new RegExp(`Config of #${id}`) });
  await expect(diff).toContainText("1 line added, 1 line removed");
  await expect(dialog).toContainText("second try");
  await dialog.getByRole("button", { name: "Submit" }).click();
  await expect(dialog).toBeHidden();
  await expect(rowOf(page, "second try")).toBeVisible();
});

test("edited YAML is not thrown away without asking", async ({ page }) => {
  await page.goto("/ui/tasks");
  const dialog = await openDialog(page);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await openDialog(page);
  await dialog.getByText("Write YAML", { exact: true }).click();
  await dialog.getByRole("textbox", { name: "YAML of the task" }).fill("a: 1");
  await dialog.getByRole("button", { name: "Close" }).click();
  const guard = page.getByRole("dialog", { name: "Throw away what you wrote?" });
  await guard.getByRole("button", { name: "Cancel" }).click();
  await expect(guard).toBeHidden();
  await expect(dialog.getByRole("textbox", { name: "YAML of the task" })).toContainText("a: 1");
  await page.goBack();
  await guard.getByRole("button", { name: "Throw away" }).click();
  await expect(dialog).toBeHidden();
});

test("the dialog is a link, and what it launched is another", async ({ page }) => {
  await page.goto("/ui/platforms?submit=1");
  await expect(page.getByRole("dialog", { name: "New task" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/ui\/platforms$/);
  await launch(page, "epochs", "epochs_test.yaml");
  await expect(page).toHaveURL(/\/ui\/tasks\?task=\d+/);
  const toast = page.getByRole("status").filter({ hasText: "epochs_test submitted" });
  await toast.getByRole("button", { name: "Show it" }).click();
  await expect(page.getByRole("region", { name: /Task #/ })).toBeVisible();
});

/** Take the first completion. The editor takes none that has been there for less than 75 ms: nobody has read it. */
async function accept(editor: Locator) {
  await editor.page().waitForTimeout(150);
  await editor.press("Enter");
}

test("a search is written with the keyboard: keys and paths are completed, and warned of", async ({
  page,
}) => {
  await page.goto("/ui/tasks?submit=1");
  const dialog = page.getByRole("dialog", { name: "New task" });
  await dialog.getByText("Write YAML", { exact: true }).click();
  const editor = dialog.getByRole("textbox", { name: "YAML of the task" });
  await editor.fill("script: dummy.py\ntraining:\n  learning_rate: 0.1\n");
  await editor.press("Control+End");
  const options = page.getByRole("listbox");

  await editor.pressSequentially("hpse");
  await expect(options.getByRole("option")).toHaveText([/hpsearch/]);
  await accept(editor);
  // The keys of the section follow by themselves; the one that must be there is first.
  await expect(options.getByRole("option").first()).toContainText("params");
  await editor.pressSequentially("n_t");
  await expect(options.getByRole("option").first()).toContainText("n_trials");
  await accept(editor);
  await editor.pressSequentially("2");
  await editor.press("Enter");
  await editor.pressSequentially("max_concurrent: 9");
  await editor.press("Enter");
  await editor.pressSequentially("algorithm: so");
  await expect(options.getByRole("option")).toHaveText(["sobol"]);
  await accept(editor);
  await editor.press("Enter");
  await editor.pressSequentially("params: {train");
  await expect(options.getByRole("option").first()).toContainText("training.learning_rate");
  await accept(editor);
  await editor.pressSequentially("[0.1, 0.2]}");

  const problems = dialog.getByRole("list", { name: "Problems in the YAML" });
  await expect(problems).toContainText(/Warning, line 6.*9.*more than there are trials/);
  const preview = dialog.getByRole("region", { name: "Preview" });
  await expect(preview).toContainText("2 trials of a search");
  await expect(preview.getByRole("row")).toHaveCount(3);
  await editor.press("Control+Shift+Space");
  await expect(page.getByRole("tooltip")).toBeVisible();
  await dialog.getByRole("button", { name: "Start the search" }).click();
  await expect(page).toHaveURL(/\/ui\/searches\/\d+/);
});
