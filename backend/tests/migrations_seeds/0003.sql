INSERT INTO search (id, uuid, name, algorithm, n_trials, seed, status, script, platform, project, notes, spec, config_text, is_archived, created_at)
VALUES (3, 'search-uuid', 'hp_test', 'random', 3, 7, 'finished', 'dummy.py', 'local', '', '', '{}', 'hpsearch: {}', false, '2026-01-01 00:00:00.000000');
INSERT INTO task (id, uuid, name, script, platform, project, notes, status, reason, is_archived, output_path, remote_path, search_id, created_at, params, launch, unsaved_changes, is_environment_recorded, is_output_collected, is_mirrored)
VALUES (12, 'task-uuid', 'hp_test_hpsearch_0', 'dummy.py', 'local', 'digits', 'é', 'finished', '', false, '/output/hp_test', '~/output/hp_test', 3, '2026-01-01 00:00:00.000000', '{"training.lr": 0.1}', '{}', 0, true, true, false);
INSERT INTO attempt (task_id, number, key, state, machine, gpus, is_automatic, reason, created_at, missing_count)
VALUES (12, 1, 'hkey', 'ended', 'gpu1', '["0"]', true, '', '2026-01-01 00:00:00.000000', 0);
INSERT INTO task_tag (task_id, tag) VALUES (12, 'best');
INSERT INTO task_param (task_id, path, number, text) VALUES (12, 'training.lr', 0.1, '0.1');
INSERT INTO metric_summary (task_id, name, is_classwise, classes, count, last, bad_lines) VALUES (12, 'loss', false, '[]', 3, 0.5, 0);
INSERT INTO output_file (task_id, name, state) VALUES (12, 'progress.log', '{"offset": 10}');
INSERT INTO trial (id, search_id, number, params, inactive, state, origin, platform, bracket, constraints, reason, epochs, cost, changed_seq, created_at)
VALUES (5, 3, 0, '{"training.lr": 0.1}', '[]', 'complete', 'sampler', 'local', 0, '{}', '', 3, 0, 3, '2026-01-01 00:00:00.000000');
INSERT INTO trial_task (task_id, trial_id, repeat, retries) VALUES (12, 5, 0, 0);
INSERT INTO search_fact (search_id, seq, kind, number, data, created_at) VALUES (3, 1, 'asked', 0, '{"values": {"training.lr": 0.1}}', '2026-01-01 00:00:00.000000');
INSERT INTO abandoned_folder (platform, path, created_at) VALUES ('beluga', '~/output/gone', '2026-01-01 00:00:00.000000');
