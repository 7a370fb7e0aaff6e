import { expect, rowOf, test } from "./fixtures";

test.use({ labName: "keyboard" });

test("a task is launched, opened and closed without a mouse", async ({ page }) => {
  await page.goto("/ui/tasks");
  await expect(page.getByText("Nothing has run yet")).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();

  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "New task" });
  const config = dialog.getByRole("textbox", { name: "Config", exact: true });
  await expect(config).toBeFocused();
  await page.keyboard.type("epochs");
  await expect(page.getByRole("option", { name: "epochs_test.yaml" })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(config).toHaveValue("epochs_test.yaml");
  await page.keyboard.press("Tab");
  await expect(dialog.getByRole("textbox", { name: "Script", exact: true })).toBeFocused();

  // The editor takes Tab for itself, and gives it back after Escape, which closes nothing there.
  await dialog.getByRole("textbox", { name: "YAML of epochs_test.yaml" }).focus();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(dialog.getByRole("textbox", { name: "YAML of epochs_test.yaml" })).not.toBeFocused();

  const submit = dialog.getByRole("button", { name: "Submit" });
  await expect(submit).toBeEnabled();
  await submit.focus();
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  const panel = page.getByRole("region", { name: "Task #1" });
  await expect(panel).toBeVisible();
  await page.getByRole("main").focus();
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();

  await page.keyboard.press("/");
  await page.keyboard.type("epochs");
  await expect(page.getByRole("searchbox", { name: "Filter the tasks" })).toBeFocused();
  const link = rowOf(page, "epochs_test").getByRole("link");
  await link.focus();
  await page.keyboard.press("Enter");
  await expect(panel).toBeVisible();
  // The tabs of logs come one by one while the task begins.
  await expect(panel).toContainText("finished");
  await panel.getByRole("tab", { name: "out.txt" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(panel.getByRole("tab", { name: "out.txt" })).not.toBeFocused();
  await expect(panel.getByRole("tablist").getByRole("tab").and(page.locator(":focus"))).toHaveCount(1);
});

test("the focus returns to the button that opened the dialog", async ({ page }) => {
  await page.goto("/ui/tasks");
  const button = page.getByRole("banner").getByRole("button", { name: "New task" });
  await button.press("Enter");
  await expect(page.getByRole("dialog", { name: "New task" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(button).toBeFocused();
});
