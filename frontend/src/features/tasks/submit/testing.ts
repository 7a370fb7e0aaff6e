import type { Task } from "~/api/client";

/** A task for tests. */
export function task(fields: Partial<Task> = {}): Task {
  return {
    id: 12,
    uuid: "0e1d",
    name: "epochs_test",
    script: "dummy.py",
    config: "epochs_test.yaml",
    platform: "local",
    host: null,
    job_id: null,
    project: "",
    tags: [],
    notes: "",
    status: "finished",
    reason: "",
    exit_code: 0,
    signal: null,
    is_archived: false,
    created_at: "2026-11-24T06:00:00Z",
    started_at: null,
    ended_at: null,
    last_seen_at: null,
    output_path: "/tmp/out",
    remote_path: null,
    is_mirrored: true,
    search_id: null,
    cloned_from: null,
    num_attempts: 1,
    is_stopping: false,
    progress: null,
    params: {},
    metrics: {},
    ...fields,
  };
}
