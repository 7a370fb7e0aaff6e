import { expect, it } from "vitest";
import { loadWords, placeOf } from "./places";

it("says where a platform is", () => {
  expect(placeOf({ host: "alice@beluga" })).toBe("alice@beluga");
  expect(placeOf({ hosts: ["gpu1", "gpu2"] })).toBe("2 hosts");
  expect(placeOf({ hosts: ["gpu1"] })).toBe("gpu1");
  expect(placeOf({})).toBe("this machine");
});

it("says how busy a platform is in few words", () => {
  expect(loadWords({ num_running: 1200, num_queued: 2, num_waiting: 3 })).toBe("1,200 running · 5 waiting");
  expect(loadWords({ num_running: 0, num_queued: 0, num_waiting: 0 })).toBe("idle");
});
