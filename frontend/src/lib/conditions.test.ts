import { expect, it } from "vitest";
import { seenCondition } from "./conditions";

const NEVER = { condition: "ok", checked_at: null, last_poll_at: null, slots: null } as const;

it("knows nothing of a platform that nobody has looked at", () => {
  expect(seenCondition(NEVER)).toBe("unseen");
  expect(seenCondition({ ...NEVER, last_poll_at: "2026-11-24T06:00:00Z" })).toBe("ok");
  expect(seenCondition({ ...NEVER, slots: { total: 2, used: 0 } })).toBe("ok");
  expect(seenCondition({ ...NEVER, condition: "unreachable" })).toBe("unreachable");
});
