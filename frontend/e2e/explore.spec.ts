import { AxeBuilder } from "@axe-core/playwright";
import { type Page, request } from "@playwright/test";
import { expect, test } from "./fixtures";

test.use({ labName: "explore" });

const CONFIG = `script: dummy.py
training:
  num_epochs: 3
  iterations: 2
  seconds_per_iteration: 0
  learning_rate: 0.003
  seed: 3
  momentum: 0.9
  kind: sgd
hpsearch:
  algorithm: random
  n_trials: 10
  max_concurrent: 3
  seed: 1
  objectives:
    - {metric: loss, direction: minimize}
    - {metric: accuracy, direction: maximize}
  params:
    training.learning_rate: {low: 1.0e-5, high: 0.1, log: true}
    training.kind: [sgd, adam]
    training.momentum: {low: 0.5, high: 0.99, when: {training.kind: sgd}}
`;

test.beforeAll(async ({ lab }) => {
  await lab.write("explored.yaml", CONFIG);
  await lab.submit({ config: "explored.yaml" });
  const api = await request.newContext({
    baseURL: lab.url,
    extraHTTPHeaders: { Authorization: `Bearer ${lab.token}` },
  });
  const status = async () => (await (await api.get("/hpsearch/1")).json()).status;
  await expect.poll(status, { timeout: 80_000 }).toBe("finished");
  await api.dispose();
});

async function open(page: Page, tab: string) {
  await page.goto(`/ui/searches/1?tab=${tab}`);
  await expect(page.getByRole("tab", { selected: true })).toBeVisible();
}

test("a brush on an axis marks the same trials in every view, and is in the URL", async ({ page }) => {
  await open(page, "parallel");
  const axis = page.getByRole("slider", { name: "Filter by training.learning_rate" });
  const box = await axis.boundingBox();
  if (!box) throw new Error("the axis is not drawn");
  const x = box.x + box.width / 2;
  await page.mouse.move(x, box.y + box.height * 0.5);
  await page.mouse.down();
  await page.mouse.move(x, box.y + box.height * 0.2, { steps: 4 });
  await page.mouse.up();
  const marked = page.getByText(/^\d+ of 10 trials$/);
  await expect(marked).toBeVisible();
  await expect(page).toHaveURL(/brush=params\.training\.learning_rate/);
  const text = (await marked.textContent()) ?? "";
  await page.getByRole("tab", { name: "Slices" }).click();
  await expect(page.getByText(text)).toBeVisible();
  await page.reload();
  await expect(page.getByText(text)).toBeVisible();
  await page.getByRole("button", { name: "Show all" }).click();
  await expect(page.getByText(text)).toBeHidden();
});

test("the keyboard brushes an axis, moves it, and clears it", async ({ page }) => {
  await open(page, "parallel");
  const axis = page.getByRole("slider", { name: "Filter by training.momentum" });
  await axis.focus();
  await page.keyboard.press("ArrowUp");
  await expect(axis).toHaveAttribute("aria-valuetext", / to /);
  await page.keyboard.press("Escape");
  await expect(axis).toHaveAttribute("aria-valuetext", "all");
  const name = page.getByRole("button", { name: /^training\.momentum, axis 3 of 4/ });
  await name.focus();
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("button", { name: /^training\.momentum, axis 2 of 4/ })).toBeFocused();
  await page.reload();
  await expect(page.getByRole("button", { name: /^training\.momentum, axis 2 of 4/ })).toBeVisible();
});

test("a trial chosen in a slice is marked, and a bar opens its slice", async ({ page }) => {
  await open(page, "slices");
  const plot = page.getByRole("application", { name: /over training\.learning_rate/ });
  await plot.focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("status").filter({ hasText: /^Trial \d+/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/trial=\d+/);
  await page.getByRole("tab", { name: "Importance" }).click();
  const bar = page.getByRole("button", { name: /^learning_rate/ });
  await bar.click();
  await expect(page).toHaveURL(/tab=slices.*across=params\.training\.learning_rate/);
});

test("nothing in these views is in the way of assistive technology", async ({ page }) => {
  for (const tab of ["parallel", "slices", "contour", "importance", "pareto"]) {
    await open(page, tab);
    await expect(page.getByRole("main").getByRole("heading", { level: 2 })).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    expect
      .soft(
        violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
        tab,
      )
      .toEqual([]);
  }
});
