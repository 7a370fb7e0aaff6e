import { expect, test } from "./fixtures";

test.use({ labName: "logs" });

const TALKER = `
import sys, time
with open("big.log", "w") as log:
    log.writelines(f"line {n} of the big log\\n" for n in range(1, 100_001))
with open("markup.log", "w") as log:
    log.write("<img src=x onerror='document.title=1'> <b>bold?</b> &amp;\\n")
print("\\x1b[31mred words\\x1b[0m plain words", flush=True)
for n in range(40):
    print(f"\\rpart {n + 1} of 40", end="", flush=True)
print(flush=True)
for n in range(1_000):
    print(f"tick {n}", flush=True)
    time.sleep(0.02)
`;

/** One task for all tests: the two slots are not for queues of talkers. */
let id = 0;

test.beforeAll(async ({ lab }) => {
  await lab.write("talker.py", TALKER);
  const { tasks } = await lab.submit({ script: "talker.py", config_text: "a: 1\n" });
  id = tasks[0]?.id ?? 0;
});

test("a log is followed while it grows, with colours, and with progress bars drawn as one line", async ({
  page,
}) => {
  await page.goto(`/ui/tasks?task=${id}&tab=out.txt`);
  const log = page.getByRole("region", { name: "Text of out.txt" });
  await expect(page.getByRole("switch", { name: "Follow" })).toBeChecked();
  await expect(log).toContainText(/tick \d\d/);
  await page.getByRole("button", { name: "Go to the start" }).click();
  await expect(page.getByRole("switch", { name: "Follow" })).not.toBeChecked();
  await expect(log).toContainText("red words");
  await expect(log.getByText("part 40 of 40")).toHaveCount(1);
  await expect(log).not.toContainText("part 39 of 40");
  const colour = (text: string) => log.getByText(text).evaluate((element) => getComputedStyle(element).color);
  expect(await colour("red words")).not.toBe(await colour("plain words"));
  await page.getByRole("button", { name: "Go to the end" }).click();
  await expect(page.getByRole("switch", { name: "Follow" })).toBeChecked();
  await expect(log).toContainText(/tick [1-9]\d\d/);
});

test("100,000 lines open at once, are searched whole and stay few in the page", async ({ page }) => {
  await page.goto(`/ui/tasks?task=${id}&tab=big.log`);
  await expect(page.getByText(/^100,000 lines/)).toBeVisible();
  const log = page.getByRole("region", { name: "Text of big.log" });
  await expect(log).toContainText("line 100000 of the big log");
  expect(await log.getByRole("link").count()).toBeLessThan(200);
  const search = page.getByRole("searchbox", { name: "Search big.log" });
  await search.fill("line 77777 ");
  await expect(page.getByRole("toolbar", { name: "Tools for big.log" }).getByRole("status")).toContainText(
    "1",
  );
  await search.press("Enter");
  await expect(log).toContainText("line 77777 of the big log");
  await page.getByRole("button", { name: "Go to the start" }).click();
  await expect(log).toContainText("line 1 of the big log");
});

test("text that looks like HTML stays text", async ({ page }) => {
  await page.goto(`/ui/tasks?task=${id}&tab=markup.log`);
  const log = page.getByRole("region", { name: "Text of markup.log" });
  await expect(log).toContainText("<img src=x onerror='document.title=1'> <b>bold?</b> &amp;");
  await expect(log.locator("img, b")).toHaveCount(0);
});
