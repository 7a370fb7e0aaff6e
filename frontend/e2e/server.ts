import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const COMMAND = process.env["HYPERTRAINER_COMMAND"] ?? join(ROOT, ".venv/bin/hypertrainer");
const SAMPLES = join(ROOT, "backend/hypertrainer/sample");
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 8_000;

/** Seconds of an iteration in each sample, so that a run takes one to four seconds instead of thirty. */
const PACE: Record<string, number> = {
  "epochs_test.yaml": 0.03,
  "plot_test.yaml": 0.01,
  "hp_test.yaml": 0.005,
};

/** A real server on a home, path and output of its own. */
export interface RunningServer {
  url: string;
  token: string;
  /** Where scripts and configs are looked up; tests may add some. */
  path: string;
  /** `platforms.yaml` and the database. */
  home: string;
  stop: () => Promise<void>;
}

export async function startServer(): Promise<RunningServer> {
  const root = await mkdtemp(join(tmpdir(), "hypertrainer-e2e-"));
  const [home, path, output] = ["home", "path", "output"].map((name) => join(root, name));
  if (!home || !path || !output) throw new Error("three names make three folders");
  await mkdir(path);
  await copySamples(path);
  const child = spawn(COMMAND, ["serve", "--port", "0"], {
    env: {
      ...process.env,
      HYPERTRAINER_HOME: home,
      HYPERTRAINER_PATH: path,
      HYPERTRAINER_OUTPUT: output,
      HYPERTRAINER_TOKEN: "",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const link = await printedLink(child);
  const stop = async () => {
    await ended(child);
    // A task that is just ending may still write; what is left is in the system's temporary folder.
    await rm(root, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  };
  return { url: link.origin, token: link.searchParams.get("token") ?? "", path, home, stop };
}

async function copySamples(path: string): Promise<void> {
  for (const name of await readdir(SAMPLES)) {
    if (name === "dummy.py") await cp(join(SAMPLES, name), join(path, name));
    const pace = PACE[name];
    if (pace === undefined) continue;
    const text = await readFile(join(SAMPLES, name), "utf8");
    await writeFile(join(path, name), text.replace(/(seconds_per_iteration:) *[\d.]+/, `$1 ${pace}`));
  }
}

/** The link that the server prints once it answers. */
function printedLink(child: ChildProcess): Promise<URL> {
  return new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(() => reject(new Error(`The server did not start:\n${said}`)), START_TIMEOUT_MS);
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      const link = /https?:\/\/\S+\?token=[\w-]+/.exec(said)?.[0];
      if (!link) return;
      clearTimeout(timer);
      resolve(new URL(link));
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The server ended with ${code}:\n${said}`)));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await exit;
  clearTimeout(timer);
}
