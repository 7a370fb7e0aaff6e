import { expect, it } from "vitest";
import { pendingReason } from "./statusReasons";

it("tells why a task waits, while it has not started", () => {
  const waiting = { status: "submitting", reason: "Slurm: waits for resources", started_at: null } as const;
  expect(pendingReason(waiting)).toBe("Slurm: waits for resources");
  expect(pendingReason({ ...waiting, reason: "" })).toBeNull();
  expect(pendingReason({ ...waiting, status: "running" })).toBeNull();
  expect(pendingReason({ ...waiting, started_at: "2026-11-24T06:00:00Z" })).toBeNull();
});
