import { expect, it } from "vitest";
import { resourceFacts } from "./resourceFacts";

const NOTHING = {
  gpus: null,
  gpu_type: null,
  cpus: null,
  memory_bytes: null,
  time_seconds: null,
  nodes: null,
  partition: null,
  account: null,
  qos: null,
  constraint: null,
  raw: [],
  checkpoint_signal: null,
  checkpoint_seconds: 60,
  resume_on: [],
  resume_limit: 3,
};

it("says nothing of what is left to the platform", () => {
  expect(resourceFacts(NOTHING)).toEqual([]);
});

it("says what is asked for, in words", () => {
  const facts = resourceFacts({
    ...NOTHING,
    gpus: 2,
    gpu_type: "a100",
    cpus: 0,
    memory_bytes: 16e9,
    time_seconds: 10_800,
    checkpoint_signal: "USR1",
    resume_on: ["timed_out", "preempted"],
    raw: ["--exclusive"],
  });
  expect(facts.map(({ label, value }) => `${label}: ${value}`)).toEqual([
    "GPUs: 2 × a100",
    "CPUs: 0",
    "Memory: 16 GB",
    "Time: 3h 00m",
    "Checkpoint: USR1, 1m 00s before the end",
    "Resumed after: timed out, preempted, 3 times at most",
    "Raw: --exclusive",
  ]);
});
