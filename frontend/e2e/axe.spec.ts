import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { choose, expect, rowOf, test } from "./fixtures";

test.use({ labName: "axe" });

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

test.beforeAll(async ({ lab }) => {
  await lab.submit({ config: "epochs_test.yaml", project: "vision", tags: ["first"] });
  await lab.submit({ config: "plot_test.yaml", notes: "a note" });
  const { tasks } = await lab.submit({ config: "hp_test.yaml" });
  await lab.submit({ script: "dummy.py", config_text: "training: {}\n", name: "crashes" });
  for (const id of [1, 2, 6, ...tasks.map((task) => task.id)]) await lab.ended(id);
});

interface Layers {
  /** A list that drops from a field, or a tooltip, lies outside of every landmark by its nature. */
  isRegionExempt?: boolean;
}

/** Fails with the rule, the element and the reason of every violation: all rules in light, the colours again in dark. */
async function expectNone(page: Page, what: string, { isRegionExempt = false }: Layers = {}) {
  const all = new AxeBuilder({ page }).withTags(RULES);
  await expectNoneOf(isRegionExempt ? all.disableRules("region") : all, what);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await expectNoneOf(new AxeBuilder({ page }).withRules("color-contrast"), `${what}, dark`);
  await page.emulateMedia({ colorScheme: "light" });
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "light");
}

async function expectNoneOf(axe: AxeBuilder, what: string) {
  // There are no frames, so what the slower mode opens a second page for is not needed.
  const { violations } = await axe.setLegacyMode().analyze();
  const told = violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, failureSummary, html }) => `${id} at ${target.join(" ")} ${html}: ${failureSummary}`,
    ),
  );
  expect.soft(told, what).toEqual([]);
}

const PAGES: { what: string; url: string; ready: (page: Page) => Promise<void> }[] = [
  {
    what: "the list",
    url: "/ui/tasks",
    ready: (page) => expect(rowOf(page, "crashes")).toContainText("crashed"),
  },
  {
    what: "a log",
    url: "/ui/tasks?task=2&tab=out.txt",
    ready: (page) => expect(page.getByRole("region", { name: "Text of out.txt" })).toContainText("Done: 40"),
  },
  {
    what: "plots",
    url: "/ui/tasks?task=2&tab=plots",
    ready: (page) =>
      expect(
        page.getByRole("region", { name: "loss", exact: true }).locator("path.recharts-line-curve"),
      ).not.toHaveCount(0),
  },
  {
    what: "a config",
    url: "/ui/tasks?task=2&tab=config",
    ready: (page) => expect(page.getByRole("textbox", { name: /Config of/ })).toContainText("num_epochs"),
  },
  {
    what: "details",
    url: "/ui/tasks?task=2&tab=details",
    ready: (page) => expect(page.getByRole("heading", { name: "1 attempt" })).toBeVisible(),
  },
  {
    what: "the searches",
    url: "/ui/searches",
    ready: (page) => expect(page.getByRole("link", { name: "hp_test_hpsearch" })).toBeVisible(),
  },
  {
    what: "a search",
    url: "/ui/searches/1",
    ready: (page) => expect(page.getByRole("heading", { name: "History" })).toBeVisible(),
  },
  {
    what: "a search's trials",
    url: "/ui/searches/1?tab=trials&trial=1",
    ready: (page) => expect(page.getByRole("img", { name: "Best" })).toBeVisible(),
  },
  {
    what: "a search's metrics",
    url: "/ui/searches/1?tab=metrics",
    ready: (page) => expect(page.getByRole("region", { name: "loss", exact: true })).toBeVisible(),
  },
  {
    what: "compared parameters",
    url: "/ui/compare?id=1&id=2&id=3&tab=params",
    ready: (page) => expect(page.getByRole("region", { name: "Parameters" })).toContainText("base"),
  },
  {
    what: "compared metrics",
    url: "/ui/compare?id=1&id=2&id=3&tab=metrics",
    ready: (page) => expect(page.getByRole("region", { name: "Metrics" })).toContainText("lowest"),
  },
  {
    what: "compared configs",
    url: "/ui/compare?id=1&id=2&tab=config",
    ready: (page) => expect(page.getByRole("region", { name: /Configs of/ })).toBeVisible(),
  },
  {
    what: "no comparison",
    url: "/ui/compare",
    ready: (page) => expect(page.getByText("Nothing to compare yet")).toBeVisible(),
  },
  {
    what: "the platforms",
    url: "/ui/platforms",
    ready: (page) => expect(page.getByRole("meter", { name: "Slots used" })).toBeVisible(),
  },
  {
    what: "the form for a new platform",
    url: "/ui/platforms?add=slurm",
    ready: async (page) => {
      await page.getByText(/^More/).click();
      await expect(page.getByRole("textbox", { name: "Jump host" })).toBeVisible();
      await expect(page.getByRole("textbox", { name: "What will stand in platforms.yaml" })).toBeVisible();
    },
  },
];

test.describe("axe finds nothing, light and dark,", () => {
  test("on any page", async ({ page }) => {
    for (const { what, url, ready } of PAGES) {
      await page.goto(url);
      await ready(page);
      await expectNone(page, what);
    }
  });

  test("in the dialog: empty, full, with problems, over a list of files, asking", async ({ page }) => {
    await page.goto("/ui/tasks?submit=1");
    const dialog = page.getByRole("dialog", { name: "New task" });
    await expect(dialog.getByText("Choose a config", { exact: true })).toBeVisible();
    await expectNone(page, "empty");
    await page.getByRole("textbox", { name: "Config", exact: true }).fill("hp");
    await expect(page.getByRole("option", { name: "hp_test.yaml" })).toBeVisible();
    await expectNone(page, "files", { isRegionExempt: true });
    await choose(page, "Config", "hp", "hp_test.yaml");
    await expect(dialog.getByRole("region", { name: "Trials" })).toBeVisible();
    await expectNone(page, "full");
    await dialog.getByRole("textbox", { name: "YAML of hp_test.yaml" }).fill("a: [1\n");
    await dialog.getByRole("button", { name: "Override a value" }).click();
    await dialog.getByRole("combobox", { name: "Key 1" }).fill("b");
    await expect(dialog.getByRole("list", { name: "Problems in the YAML" })).toContainText("Line");
    await expectNone(page, "problems");
    await dialog.getByRole("button", { name: "Close" }).click();
    await expect(page.getByRole("dialog", { name: "Throw away what you wrote?" })).toBeVisible();
    await expectNone(page, "asking");
  });

  test("with selected tasks, their curves and a toast", async ({ page }) => {
    await page.goto("/ui/tasks?clone=1");
    const dialog = page.getByRole("dialog", { name: "Run #1 again" });
    await expect(dialog.getByRole("region", { name: "Preview" })).toContainText("1 task");
    await expectNone(page, "a clone");
    await dialog.getByRole("button", { name: "Submit" }).click();
    await expect(page.getByRole("status").filter({ hasText: "submitted" })).toBeVisible();
    await expectNone(page, "a toast");
    await rowOf(page, "plot_test").getByRole("checkbox").click();
    await rowOf(page, "crashes").getByRole("checkbox").click();
    await page.getByRole("button", { name: "Overlay curves" }).click();
    await expect(
      page
        .getByRole("region", { name: "Curves of the selected tasks" })
        .getByRole("region", { name: "loss", exact: true }),
    ).toBeVisible();
    await expectNone(page, "a selection", { isRegionExempt: true });
  });
});
