import { expect, test } from "./fixtures";

test.use({ labName: "theme" });

test("the dark theme is chosen with a button, and stays", async ({ page }) => {
  await page.goto("/ui/tasks");
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole("button", { name: "Use the dark theme" }).click();
  await expect.poll(ground).not.toBe(light);
  await page.reload();
  await expect(page.getByRole("button", { name: "Use the light theme" })).toBeVisible();
  expect(await ground()).not.toBe(light);
});

test("without a choice the theme is the system's", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto("/ui/tasks");
  await expect(page.getByRole("button", { name: "Use the light theme" })).toBeVisible();
});

test("a browser that the server does not know is told how to sign in", async ({ browser, lab }) => {
  const context = await browser.newContext({ baseURL: lab.url, storageState: { cookies: [], origins: [] } });
  const stranger = await context.newPage();
  await stranger.goto("/ui/searches");
  await expect(
    stranger.getByRole("heading", { name: "Open the link that the server printed" }),
  ).toBeVisible();
  await stranger.getByLabel("Access token").fill("wrong");
  await stranger.getByRole("button", { name: "Sign in" }).click();
  await expect(stranger.getByText(/token/i).last()).toBeVisible();
  await stranger.getByLabel("Access token").fill(lab.token);
  await stranger.getByRole("button", { name: "Sign in" }).click();
  await expect(stranger.getByText("No searches yet")).toBeVisible();
  await context.close();
});
