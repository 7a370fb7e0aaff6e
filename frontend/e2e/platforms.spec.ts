import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { choose, expect, openDialog, rowOf, test } from "./fixtures";
import { closedPort, emptySshConfig, hasSshd, type SshLab, startSshLab } from "./sshLab";

test.use({ labName: "platforms" });

/** Opens the form for a new platform of this type, and names it. */
async function openForm(page: Page, type: string, title: RegExp, name: string) {
  await page.goto("/ui/platforms");
  await page.getByRole("link", { name: "Add a platform" }).click();
  await page.getByRole("radio", { name: title }).check();
  await expect(page).toHaveURL(new RegExp(`add=${type}`));
  const form = page.getByRole("form");
  await form.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  return form;
}

const saved = (home: string) => readFile(join(home, "platforms.yaml"), "utf8");

test("a cluster whose commands are missing is added, told what is wrong, edited and removed", async ({
  page,
  lab,
}) => {
  const form = await openForm(page, "lsf", /LSF/, "here");
  await form.getByRole("textbox", { name: "Account" }).fill("def-alice");
  await form.getByRole("textbox", { name: "Time limit" }).fill("3:00:00");
  await expect(form.getByRole("textbox", { name: "What will stand in platforms.yaml" })).toContainText(
    'time: "3:00:00"',
  );
  await form.getByRole("button", { name: "Check" }).click();
  await expect(form.getByRole("list", { name: "Problems" })).toContainText(/bsub|bjobs/);
  await form.getByRole("button", { name: "Save" }).click();

  const detail = page.getByRole("region", { name: "here", exact: true });
  await expect(detail).toBeVisible();
  await expect(page).toHaveURL(/name=here/);
  expect(await saved(lab.home)).toContain("def-alice");

  await detail.getByRole("link", { name: "Edit here" }).click();
  const edit = page.getByRole("form", { name: "Edit here" });
  const account = edit.getByRole("textbox", { name: "Account" });
  await expect(account).toHaveValue("def-alice");
  await account.fill("rrg-bob");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(detail).toBeVisible();
  expect(await saved(lab.home)).toMatch(/rrg-bob/);

  await detail.getByRole("button", { name: "Remove here" }).click();
  const question = page.getByRole("dialog", { name: "Remove here?" });
  await question.getByRole("button", { name: "Remove here" }).click();
  await expect(question).toBeHidden();
  await expect(page.getByRole("navigation", { name: "Platforms" })).not.toContainText("here");
  expect(await saved(lab.home)).not.toContain("rrg-bob");
});

test("what is wrong stands beside its field, and edits are not thrown away without asking", async ({
  page,
}) => {
  const form = await openForm(page, "ssh", /SSH/, "local");
  await expect(form.getByRole("textbox", { name: "Name", exact: true })).toHaveAccessibleDescription(
    /There is a platform local already/,
  );
  await form.getByRole("textbox", { name: "Name", exact: true }).fill("gpu box");
  await expect(form.getByRole("button", { name: "Save" })).toBeDisabled();
  await form.getByRole("textbox", { name: "Name", exact: true }).fill("gpubox");
  await form.getByRole("textbox", { name: "Host", exact: true }).fill("two words");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByRole("textbox", { name: "Host", exact: true })).toHaveAttribute(
    "aria-invalid",
    "true",
  );
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Tasks" }).click();
  const guard = page.getByRole("dialog", { name: "Throw away these settings?" });
  await guard.getByRole("button", { name: "Cancel" }).click();
  await expect(form.getByRole("textbox", { name: "Name", exact: true })).toHaveValue("gpubox");
  await form.getByRole("link", { name: "Cancel" }).click();
  await guard.getByRole("button", { name: "Throw away" }).click();
  await expect(page.getByRole("region", { name: "local", exact: true })).toBeVisible();
});

test("a host that does not answer is told as such, with what to do", async ({ page }) => {
  const port = await closedPort();
  const form = await openForm(page, "ssh", /SSH/, "asleep");
  await form.getByRole("textbox", { name: "Host", exact: true }).fill(`127.0.0.1:${port}`);
  await form.getByRole("button", { name: "Check" }).click();
  await expect(form.getByText("unreachable", { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(form.getByRole("list", { name: "Problems" })).toContainText(String(port));
  await form.getByRole("button", { name: "Save" }).click();
  const row = page.getByRole("navigation", { name: "Platforms" }).getByRole("link", { name: /asleep/ });
  await expect(row).toBeVisible();
});

test.describe("over SSH", () => {
  // A developer's machine may have no SSH server; in CI there is one.
  test.skip(!hasSshd && !process.env["CI"], "there is no sshd here");
  let ssh: SshLab;

  test.beforeAll(async () => {
    ssh = await startSshLab();
  });
  test.afterAll(async () => ssh.stop());

  test("a machine is added, its key compared and accepted, and a task runs there", async ({ page, lab }) => {
    const form = await openForm(page, "ssh", /SSH/, "gpubox");
    await form.getByRole("textbox", { name: "Host", exact: true }).fill(`127.0.0.1:${ssh.port}`);
    await form.getByRole("textbox", { name: "Output folder" }).fill(join(ssh.folder, "output"));
    await form.getByRole("textbox", { name: "Slots" }).fill("2");
    await form.getByText(/^More/).click();
    await form.getByRole("textbox", { name: "Private key" }).fill(ssh.key);
    await form.getByRole("textbox", { name: "SSH config" }).fill(await emptySshConfig(ssh.folder));
    await form.getByRole("textbox", { name: "Slowest poll (s)" }).fill("1");
    await form.getByRole("textbox", { name: "Never polled sooner than (s)" }).fill("0.5");
    await form.getByRole("button", { name: "Check" }).click();

    const question = form.getByRole("region", { name: /Is this the key of/ });
    await expect(question).toContainText(await ssh.fingerprint(), { timeout: 20_000 });
    await question.getByRole("button", { name: /accept this key/ }).click();
    await expect(form.getByText("ok", { exact: true })).toBeVisible({ timeout: 20_000 });
    await form.getByRole("button", { name: "Save" }).click();
    const detail = page.getByRole("region", { name: "gpubox", exact: true });
    await expect(detail.getByRole("meter", { name: "Slots used" })).toBeVisible();

    await page.goto("/ui/tasks");
    const dialog = await openDialog(page);
    await choose(page, "Config", "epochs", "epochs_test.yaml");
    await dialog.getByRole("combobox", { name: "Platform" }).click();
    await page.getByRole("option", { name: /gpubox/ }).click();
    const preview = dialog.getByRole("region", { name: "Preview" });
    await expect(preview).toContainText("1 task on gpubox");
    await expect(preview).toContainText(join(ssh.folder, "output"));
    await expect(preview).toContainText(/\d+ files?, .* of/);
    await dialog.getByRole("textbox", { name: "Name" }).fill("far away");
    await dialog.getByRole("button", { name: "Submit" }).click();
    await expect(dialog).toBeHidden();
    await expect(rowOf(page, "far away")).toContainText("finished", { timeout: 60_000 });
    const id = Number(new URL(page.url()).searchParams.get("task"));
    const task = await lab.ended(id);
    expect(task.platform).toBe("gpubox");
    expect(task.remote_path).toContain(join(ssh.folder, "output"));
    await page.goto(`/ui/tasks?task=${id}&tab=details`);
    await expect(page.getByRole("region", { name: /Details of/ })).toContainText("Remote folder");
    await page.getByRole("tab", { name: "out.txt" }).click();
    await expect(page.getByRole("region", { name: "Text of out.txt" })).toContainText("Done");
  });

  test("a key that has changed is a danger, and is replaced only by whoever types the host", async ({
    page,
  }) => {
    await ssh.changeKey();
    await page.goto("/ui/platforms?name=gpubox");
    const detail = page.getByRole("region", { name: "gpubox", exact: true });
    const danger = detail.getByRole("region", { name: /The key of .* has changed/ });
    await expect(async () => {
      await detail.getByRole("button", { name: "Check gpubox" }).click();
      await expect(danger).toBeVisible({ timeout: 3000 });
    }).toPass({ timeout: 60_000 });
    await expect(danger).toContainText(await ssh.fingerprint());
    const host = /The key of (\S+) has changed/.exec((await danger.textContent()) ?? "")?.[1] ?? "";
    await danger.getByRole("textbox").fill(host);
    await danger.getByRole("button", { name: "Replace the key" }).click();
    await expect(danger).toBeHidden({ timeout: 30_000 });
    await expect(detail.getByText("ok", { exact: true })).toBeVisible({ timeout: 30_000 });
  });
});

test("a broken platforms.yaml is told, and nothing is saved over it", async ({ page, lab }) => {
  await writeFile(join(lab.home, "platforms.yaml"), "platforms:\n  lab: {type: shh, host: gpu1}\n");
  await expect(async () => {
    await page.goto("/ui/platforms");
    await expect(page.getByRole("alert")).toContainText("shh is no platform type", { timeout: 1000 });
  }).toPass({ timeout: 15_000 });
  const form = await openForm(page, "slurm", /Slurm/, "another");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByRole("alert")).toContainText("platforms.yaml");
  expect(await saved(lab.home)).toContain("shh");
});
