import { IconCloud, IconDeviceDesktop, IconServer, IconStack2 } from "@tabler/icons-react";

const ICONS: Readonly<Record<string, typeof IconServer>> = {
  local: IconDeviceDesktop,
  ssh: IconServer,
  slurm: IconStack2,
  pbs: IconStack2,
  sge: IconStack2,
  lsf: IconStack2,
};

/** What kind of place a platform is; decorative. */
export function TypeIcon({ type, size = 18 }: { type: string; size?: number }) {
  const Icon = ICONS[type] ?? IconCloud;
  return <Icon size={size} stroke={1.6} color="var(--text-dim)" style={{ flex: "none" }} aria-hidden />;
}
