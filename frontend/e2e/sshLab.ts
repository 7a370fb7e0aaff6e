import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL("../../backend/tests/labs/sshlab.sh", import.meta.url));
const SSHD = "/usr/sbin/sshd";
/** As many servers as the script starts, on ports in a row. */
const NUM_SERVERS = 7;

/** Real SSH servers on loopback; the second is a plain machine. */
export interface SshLab {
  folder: string;
  /** The plain machine's port. */
  port: number;
  /** A private key that gets in. */
  key: string;
  fingerprint: () => Promise<string>;
  /** Starts the plain machine anew, with another host key. */
  changeKey: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Whether this machine has an SSH server at all. */
export const hasSshd = existsSync(SSHD);

/** Starts the servers; for the script's knobs see there. */
export async function startSshLab(knobs: Record<string, string> = {}): Promise<SshLab> {
  const folder = await mkdtemp(join(tmpdir(), "ht-ssh-"));
  const base = await freeBlock(NUM_SERVERS);
  await run("bash", [SCRIPT, "up", folder, String(base)], { env: { ...process.env, ...knobs } });
  return {
    folder,
    port: base + 1,
    key: join(folder, "id"),
    fingerprint: async () => {
      const { stdout } = await run("ssh-keygen", ["-lf", join(folder, "hostkey.pub")]);
      return stdout.split(" ")[1] ?? "";
    },
    changeKey: async () => {
      // Connections outlive their server, and would go on with the key that they began with.
      const listener = Number(await readFile(join(folder, "node.pid"), "utf8"));
      for (const pid of [listener, ...(await descendants(listener))]) process.kill(pid, "SIGTERM");
      const other = join(folder, "newkey");
      await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", other]);
      await copyFile(other, join(folder, "hostkey"));
      await copyFile(`${other}.pub`, join(folder, "hostkey.pub"));
      await waitUntilFree(base + 1);
      await run(SSHD, ["-f", join(folder, "node.conf"), "-E", join(folder, "node.log")]);
    },
    stop: async () => {
      await run("bash", [SCRIPT, "down", folder]);
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function descendants(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  const children = text.split(" ").filter(Boolean).map(Number);
  return [...children, ...(await Promise.all(children.map(descendants))).flat()];
}

/** The first of as many free ports in a row. */
export async function freeBlock(size: number): Promise<number> {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 20_000);
    const ports = Array.from({ length: size }, (_, offset) => base + offset);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return base;
  }
}

/** A port that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

async function waitUntilFree(port: number): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await isFree(port))) {
    if (Date.now() > deadline) throw new Error(`port ${port} stays taken`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A client configuration with nothing in it, so that the tester's own does not matter. */
export async function emptySshConfig(folder: string): Promise<string> {
  const path = join(folder, "ssh_config");
  await writeFile(path, "");
  return path;
}
