import { choose, downloaded, expect, openDialog, rowOf, test } from "./fixtures";
import { type Cluster, hasCluster, startCluster } from "./slurmLab";
import { emptySshConfig } from "./sshLab";

test.use({ labName: "cluster" });
test.describe.configure({ mode: "serial" });
// A developer's machine may have no Slurm; in CI there is one.
test.skip(!hasCluster && !process.env["CI"], "there is no Slurm or no sshd here");
const SOON = { timeout: 60_000 }; // a queue and polls take longer than this machine alone

let cluster: Cluster | undefined;
test.beforeAll(async () => {
  cluster = await startCluster();
});
test.afterAll(async () => cluster?.stop());

test("a cluster behind a login node is described in the form, checked, trusted and saved", async ({
  page,
}) => {
  if (!cluster) throw new Error("there is no cluster");
  const { ssh, output } = cluster;
  await page.goto("/ui/platforms?add=slurm");
  const form = page.getByRole("form");
  await form.getByRole("textbox", { name: "Name", exact: true }).fill("beluga");
  await form.getByRole("textbox", { name: "Host", exact: true }).fill(`127.0.0.1:${ssh.port}`);
  await form.getByRole("textbox", { name: "Output folder" }).fill(output);
  await form.getByRole("textbox", { name: "Time limit" }).fill("10:00");
  await form.getByText(/^More/).click();
  await form.getByRole("textbox", { name: "Private key" }).fill(ssh.key);
  await form.getByRole("textbox", { name: "SSH config" }).fill(await emptySshConfig(ssh.folder));
  await form.getByRole("textbox", { name: "Slowest poll (s)" }).fill("1");
  await form.getByRole("textbox", { name: "Never polled sooner than (s)" }).fill("0.5");
  await form.getByRole("button", { name: "Check" }).click();
  const question = form.getByRole("region", { name: /Is this the key of/ });
  await expect(question).toContainText(await ssh.fingerprint(), SOON);
  await question.getByRole("button", { name: /accept this key/ }).click();
  await expect(form.getByText("ok", { exact: true })).toBeVisible(SOON);
  await form.getByRole("button", { name: "Save" }).click();
  const detail = page.getByRole("region", { name: "beluga", exact: true });
  await detail.getByRole("button", { name: "Check beluga" }).click();
  await expect(detail).toContainText(/Slurm \d+/, SOON);
});

test("a task runs there: progress, logs and curves are live, and everything arrives", async ({ page }) => {
  await page.goto("/ui/tasks");
  const dialog = await openDialog(page);
  await choose(page, "Config", "plot", "plot_test.yaml");
  await dialog.getByRole("combobox", { name: "Platform" }).click();
  await page.getByRole("option", { name: /beluga/ }).click();
  const preview = dialog.getByRole("region", { name: "Preview" });
  await expect(preview).toContainText("1 task on beluga");
  await expect(preview).toContainText(/Would start/, SOON);
  await dialog.getByRole("button", { name: "Submit" }).click();
  await expect(dialog).toBeHidden();

  const panel = page.getByRole("region", { name: "Task #1" });
  await panel.getByRole("tab", { name: "Plots" }).click();
  const curve = panel.getByRole("region", { name: "loss", exact: true }).locator("path.recharts-line-curve");
  const length = async () =>
    (
      (await curve
        .first()
        .getAttribute("d")
        .catch(() => null)) ?? ""
    ).length;
  await expect.poll(length, { message: "the curve is drawn", ...SOON }).toBeGreaterThan(10);
  await expect(panel).toContainText("finished", SOON);
  const out = panel.getByRole("tab", { name: "out.txt" });
  await expect(async () => {
    await out.click(); // tabs of further files may arrive and move it while it is clicked
    await expect(out).toHaveAttribute("aria-selected", "true", { timeout: 1000 });
  }).toPass(SOON);
  await expect(panel.getByRole("region", { name: "Text of out.txt" })).toContainText("Done", SOON);
  await panel.getByRole("tab", { name: "Details" }).click();
  await expect(panel.getByRole("region", { name: /Details of/ })).toContainText("Remote folder");
});

test("a task is cancelled there, and resumed", async ({ page, lab }) => {
  const body = { config: "epochs_test.yaml", platform: "beluga", overrides: { "training.num_epochs": 500 } };
  const [task] = (await lab.submit({ ...body, name: "long" })).tasks;
  await page.goto(`/ui/tasks?task=${task?.id}&tab=details`);
  const row = rowOf(page, "long");
  await expect(row).toContainText("running", SOON);
  const panel = page.getByRole("region", { name: `Task #${task?.id}` });
  await panel.getByRole("button", { name: /^Cancel/ }).click();
  const sure = page.getByRole("dialog").getByRole("button", { name: /Cancel (the )?task|Stop/ });
  if (await sure.isVisible().catch(() => false)) await sure.click();
  await expect(row).toContainText("cancelled", SOON);
  await panel.getByRole("button", { name: /^Resume/ }).click();
  await expect(row).toContainText("running", SOON);
  await expect(panel.getByRole("heading", { name: "2 attempts" })).toBeVisible(SOON);
});

test("a search runs there and is exported with what it found", async ({ page, lab }) => {
  const { tasks } = await lab.submit({ config: "hp_test.yaml", platform: "beluga" });
  expect(tasks).toHaveLength(3);
  await page.goto("/ui/tasks");
  for (const { name } of tasks) await expect(rowOf(page, name)).toContainText("finished", SOON);
  await page.getByRole("button", { name: "Export" }).click();
  const csv = await downloaded(page, () => page.getByRole("link", { name: "CSV" }).click());
  const [header = "", ...rows] = csv.text.trim().split(/\r?\n/);
  expect(rows).toHaveLength(5);
  expect(header).toContain("metrics.loss.last");
  expect(rows.filter((row) => /hp_test_hpsearch_\d.*finished/.test(row))).toHaveLength(3);
});
