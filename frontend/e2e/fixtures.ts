import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test as base, expect, type Page, request } from "@playwright/test";
import type { components } from "~/api/schema";
import { type RunningServer, startServer } from "./server";

type Schemas = components["schemas"];
type Submit = Partial<Schemas["TaskSubmit"]>;
type Task = Schemas["TaskRead"];
type Submitted = Schemas["TaskSubmitted"];

/** The server as a test sees it. */
export interface Lab extends RunningServer {
  /** Launches without the browser, for what a test needs before it begins. */
  submit: (body: Submit) => Promise<Submitted>;
  task: (id: number) => Promise<Task>;
  /** Waits until the task has ended. */
  ended: (id: number) => Promise<Task>;
  /** A task's own config. */
  config: (id: number) => Promise<string>;
  /** Puts a script or config on the path. */
  write: (name: string, text: string) => Promise<void>;
}

interface WorkerFixtures {
  /** Files that name different labs get servers of their own, so that they share no tasks. */
  labName: string;
  lab: Lab;
}

/** `test` with a real server of its own per file, and a browser that is signed in to it. */
export const test = base.extend<{ page: Page }, WorkerFixtures>({
  labName: ["shared", { option: true, scope: "worker" }],
  lab: [
    async ({ labName: _name }, use) => {
      const server = await startServer();
      const lab = await labOf(server);
      await use(lab);
      await lab.close();
      await server.stop();
    },
    { scope: "worker", timeout: 40_000 },
  ],
  baseURL: async ({ lab }, use) => use(lab.url),
  storageState: async ({ lab }, use) => {
    // The printed link gives the cookie that every test begins with.
    const visit = await request.newContext({ baseURL: lab.url });
    await visit.get(`/?token=${lab.token}`);
    const state = await visit.storageState();
    await visit.dispose();
    await use(state);
  },
  page: async ({ page }, use) => {
    const broken: string[] = [];
    page.on("pageerror", (error) => broken.push(error.message));
    await use(page);
    expect(broken, "errors thrown in the page").toEqual([]);
  },
});

async function labOf(server: RunningServer): Promise<Lab & { close: () => Promise<void> }> {
  const api = await request.newContext({
    baseURL: server.url,
    extraHTTPHeaders: { Authorization: `Bearer ${server.token}` },
  });
  const read = async (id: number): Promise<Task> => (await api.get(`/tasks/${id}`)).json();
  return {
    ...server,
    submit: async (body) => {
      const answer = await api.post("/tasks", { data: body });
      expect(answer.status(), await answer.text()).toBe(201);
      return answer.json();
    },
    task: read,
    ended: async (id) => {
      await expect.poll(async () => (await read(id)).ended_at, { timeout: 20_000 }).not.toBeNull();
      return read(id);
    },
    config: async (id) => (await api.get(`/tasks/${id}/config`)).text(),
    write: (name, text) => writeFile(join(server.path, name), text),
    close: async () => {
      // Jobs outlive the server: none may outlive the tests.
      const ids: number[] = (
        await (await api.get("/tasks/ids?status=waiting&status=submitting&status=running")).json()
      ).ids;
      if (ids.length > 0) {
        await api.post("/tasks/cancel", { data: { ids } });
        for (const id of ids)
          await expect.poll(async () => (await read(id)).ended_at, { timeout: 15_000 }).not.toBeNull();
      }
      await api.dispose();
    },
  };
}

export { expect };

/** The row of a task in the list. */
export function rowOf(page: Page, name: string) {
  return page
    .getByRole("grid", { name: "Tasks" })
    .getByRole("row")
    .filter({ has: page.getByRole("link", { name, exact: true }) });
}

/** Opens the dialog. */
export async function openDialog(page: Page) {
  await page.getByRole("banner").getByRole("button", { name: "New task" }).click();
  const dialog = page.getByRole("dialog", { name: "New task" });
  await expect(dialog).toBeVisible();
  return dialog;
}

/** Chooses a file in the dialog by typing part of its name. */
export async function choose(page: Page, field: "Config" | "Script", typed: string, file: string) {
  await page.getByRole("textbox", { name: field, exact: true }).fill(typed);
  await page.getByRole("option", { name: file }).click();
}

/** Launches a config through the dialog, as a user does. */
export async function launch(page: Page, typed: string, file: string) {
  const dialog = await openDialog(page);
  await choose(page, "Config", typed, file);
  const submit = dialog.getByRole("button", { name: /^Submit/ });
  await expect(dialog.getByRole("region", { name: "Preview" })).toContainText(/\d tasks?\b/);
  await expect(submit).toBeEnabled();
  await submit.click();
  await expect(dialog).toBeHidden();
}

/** The text of a download. */
export async function downloaded(
  page: Page,
  start: () => Promise<void>,
): Promise<{ name: string; text: string }> {
  const waiting = page.waitForEvent("download");
  await start();
  const download = await waiting;
  const stream = await download.createReadStream();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return { name: download.suggestedFilename(), text: Buffer.concat(chunks).toString("utf8") };
}
