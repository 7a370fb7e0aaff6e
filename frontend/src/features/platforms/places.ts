import { isRecord } from "~/api/patches";
import { formatCount } from "~/lib/format";

/** The type of the machine that the server runs on. */
export const LOCAL = "local";

/** Where a platform's jobs run: "alice@beluga.example.org", "4 hosts", "this machine". */
export function placeOf(settings: unknown): string {
  if (!isRecord(settings)) return "";
  const { host, hosts } = settings;
  if (typeof host === "string" && host !== "") return host;
  if (Array.isArray(hosts) && hosts.length > 0)
    return hosts.length === 1 ? String(hosts[0]) : `${hosts.length} hosts`;
  return "this machine";
}

/** What a list says of a platform's tasks: "3 running · 2 waiting"; "idle" when there are none. */
export function loadWords(counts: { num_running: number; num_queued: number; num_waiting: number }): string {
  const waiting = counts.num_queued + counts.num_waiting;
  const words = [
    counts.num_running > 0 ? `${formatCount(counts.num_running)} running` : "",
    waiting > 0 ? `${formatCount(waiting)} waiting` : "",
  ];
  return words.filter(Boolean).join(" · ") || "idle";
}
