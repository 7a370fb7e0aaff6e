import { expect, rowOf, test } from "./fixtures";

test.use({ labName: "table" });
test.describe.configure({ mode: "serial" });

const QUICK = "training: {num_epochs: 1, iterations: 1, seconds_per_iteration: 0, learning_rate: 0.01}\n";

test.beforeAll(async ({ lab }) => {
  for (const name of ["alpha", "beta", "gamma", "delta", "epsilon"]) {
    await lab.submit({ script: "dummy.py", config_text: QUICK, name, tags: name === "beta" ? ["best"] : [] });
  }
  await lab.submit({
    script: "dummy.py",
    config_text: `${QUICK}fail: x\n`.replace("learning_rate: 0.01", "fail_at_epoch: 0, learning_rate: 0.01"),
    name: "zeta",
    project: "vision",
  });
  for (const id of [1, 2, 3, 4, 5, 6]) await lab.ended(id);
});

test("sorts by a click on a header, and says so to screen readers", async ({ page }) => {
  await page.goto("/ui/tasks");
  const grid = page.getByRole("grid", { name: "Tasks" });
  const names = grid.getByRole("row").getByRole("link");
  await expect(names).toHaveText(["zeta", "epsilon", "delta", "gamma", "beta", "alpha"]);
  const header = grid.getByRole("columnheader", { name: /^Name/ });
  await header.getByRole("button", { name: "Name" }).click();
  await expect(names).toHaveText(["alpha", "beta", "delta", "epsilon", "gamma", "zeta"]);
  await expect(header).toHaveAttribute("aria-sort", "ascending");
  await header.getByRole("button", { name: "Name" }).click();
  await expect(names).toHaveText(["zeta", "gamma", "epsilon", "delta", "beta", "alpha"]);
});

test("filters by text and status, and the URL brings it all back", async ({ page }) => {
  await page.goto("/ui/tasks");
  const names = page.getByRole("grid", { name: "Tasks" }).getByRole("row").getByRole("link");
  await page.getByRole("button", { name: "crashed 1" }).click();
  await expect(names).toHaveText(["zeta"]);
  await page.getByRole("button", { name: /^crashed/ }).click();
  await page.keyboard.press("/");
  await page.keyboard.type("eta");
  await expect(names).toHaveText(["zeta", "beta"]);
  await page.getByRole("button", { name: "Name" }).click();
  await expect(names).toHaveText(["beta", "zeta"]);
  await page.reload();
  await expect(page.getByRole("searchbox", { name: "Filter the tasks" })).toHaveValue("eta");
  await expect(names).toHaveText(["beta", "zeta"]);
});

test("shift-click selects a range, whose curves are overlaid and compared", async ({ page }) => {
  await page.goto("/ui/tasks");
  await rowOf(page, "delta").getByRole("checkbox").click();
  await rowOf(page, "alpha")
    .getByRole("checkbox")
    .click({ modifiers: ["Shift"] });
  const bar = page.getByRole("toolbar", { name: "Selected tasks" });
  await expect(bar).toContainText("4 selected");
  await bar.getByRole("button", { name: "Overlay curves" }).click();
  const curves = page.getByRole("region", { name: "Curves of the selected tasks" });
  await expect(curves.getByRole("region", { name: "loss", exact: true })).toBeVisible();
  await curves.getByRole("link", { name: "Compare in full" }).click();
  await expect(page.getByRole("heading", { name: "Compare" })).toBeVisible();
  await expect(page.getByText("4 tasks")).toBeVisible();
});

test("archives in bulk, and deletes only what is archived, after asking", async ({ page }) => {
  await page.goto("/ui/tasks");
  const bar = page.getByRole("toolbar", { name: "Selected tasks" });
  await rowOf(page, "alpha").getByRole("checkbox").click();
  await rowOf(page, "gamma").getByRole("checkbox").click();
  await expect(bar.getByRole("button", { name: /^Delete/ })).toBeHidden();
  await bar.getByRole("button", { name: "Archive" }).click();
  await expect(rowOf(page, "alpha")).toBeHidden();
  await expect(rowOf(page, "gamma")).toBeHidden();

  await page.getByRole("radiogroup", { name: "Which list" }).getByText("Archived").click();
  await rowOf(page, "alpha").getByRole("checkbox").click();
  await bar.getByRole("button", { name: "Delete" }).click();
  const question = page.getByRole("dialog", { name: "Delete 1 task?" });
  await expect(question).toContainText("alpha");
  await expect(question).toContainText("cannot be undone");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(rowOf(page, "alpha")).toBeVisible();
  await bar.getByRole("button", { name: "Delete" }).click();
  await question.getByRole("button", { name: "Delete 1 task" }).click();
  await expect(rowOf(page, "alpha")).toBeHidden();
  await expect(rowOf(page, "gamma")).toBeVisible();
});

test("a running task is cancelled from its row's selection, and says who stopped it", async ({
  page,
  lab,
}) => {
  const { tasks } = await lab.submit({
    config: "epochs_test.yaml",
    overrides: { "training.num_epochs": 500 },
    name: "endless",
  });
  await page.goto("/ui/tasks");
  const row = rowOf(page, "endless");
  await expect(row).toContainText("running");
  await row.getByRole("checkbox").click();
  await page.getByRole("toolbar", { name: "Selected tasks" }).getByRole("button", { name: "Cancel" }).click();
  await expect(row).toContainText("cancelled");
  expect((await lab.task(tasks[0]?.id ?? 0)).status).toBe("cancelled");
});
