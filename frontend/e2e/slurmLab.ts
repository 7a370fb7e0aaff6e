import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freeBlock, hasSshd, type SshLab, startSshLab } from "./sshLab";

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL("../../backend/tests/labs/slurmlab.sh", import.meta.url));
/** The controller, the accounting and the nodes. */
const NUM_PORTS = 16;

/** A real Slurm behind a real SSH server. */
export interface Cluster {
  ssh: SshLab;
  /** The task folders there. */
  output: string;
  stop: () => Promise<void>;
}

/** Whether this machine has both. */
export const hasCluster = hasSshd && existsSync("/usr/sbin/slurmctld");

export async function startCluster(): Promise<Cluster> {
  const folder = await mkdtemp("/tmp/ht-slurm-"); // sockets need short paths
  await chmod(folder, 0o755);
  const [lab, base] = [join(folder, "lab"), String(await freeBlock(NUM_PORTS))];
  await run("bash", [SCRIPT, "up", lab, base]);
  const ssh = await startSshLab({ SETENV: `SLURM_CONF=${lab}/etc/slurm.conf` });
  return {
    ssh,
    output: join(folder, "output"),
    stop: async () => {
      await ssh.stop();
      await run("bash", [SCRIPT, "down", lab, base]);
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
