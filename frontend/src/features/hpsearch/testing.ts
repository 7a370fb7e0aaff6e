import type { SearchDetail, TrialRead } from "./types";

/** A complete trial as the server tells it, with what a test wants otherwise. */
export function trialOf(number: number, changes: Partial<TrialRead> = {}): TrialRead {
  return {
    ...{ number, params: { lr: 0.1 ** number }, state: "complete", origin: "sampler", platform: "local" },
    ...{ bracket: 0, objectives: [number], is_feasible: true, reason: "", last_value: number, epochs: 9 },
    ...{ cost: 0, changed_seq: number + 1, created_at: "2026-11-24T06:00:00Z" },
    ...{ started_at: "2026-11-24T06:00:00Z", ended_at: "2026-11-24T06:01:00Z" },
    ...{ task_id: number + 10, task_name: `sweep_${number}`, task_status: "finished", tasks: [] },
    ...changes,
  };
}

/** A running search that minimises `val_loss`, with what a test wants otherwise. */
export function searchOf(changes: Partial<SearchDetail> = {}): SearchDetail {
  return {
    ...{ id: 1, uuid: "u", name: "sweep", algorithm: "tpe", n_trials: 60, seed: 7, status: "running" },
    ...{ reason: "", script: "train.py", platform: "local", platforms: ["local"], project: "", notes: "" },
    ...{
      objectives: [{ metric: "val_loss", direction: "minimize", summary: "best", target: null }],
      has_early_stopping: true,
      created_at: "2026-11-24T06:00:00Z",
    },
    ...{
      ended_at: null,
      paused_at: null,
      paused_seconds: 0,
      seq: 9,
      num_trials: 0,
      num_active: 0,
      num_finished: 0,
    },
    ...{ num_stopped: 0, num_failed: 0, num_cancelled: 0, epochs: 0, epochs_budget: null, cost: null },
    ...{ remaining_seconds: null, best_value: null, best_number: null, best_task_id: null },
    ...{ spec: {}, config_text: "" },
    ...changes,
  };
}
