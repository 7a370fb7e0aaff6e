import { expect, it } from "vitest";
import { yamlText } from "./yamlText";

it("writes mappings, lists and text as people do", () => {
  const text = yamlText({
    platforms: {
      beluga: {
        type: "slurm",
        host: "alice@beluga.example.org:2222",
        output: "~/scratch/hypertrainer",
        setup: ["module load python/3.11", 'echo "hi: there"'],
        resources: { account: "def-alice", gpus: 1, time: "3:00:00" },
        stage: false,
      },
    },
  });
  expect(text).toBe(
    [
      "platforms:",
      "  beluga:",
      "    type: slurm",
      "    host: alice@beluga.example.org:2222",
      "    output: ~/scratch/hypertrainer",
      "    setup:",
      "      - module load python/3.11",
      '      - "echo \\"hi: there\\""',
      "    resources:",
      "      account: def-alice",
      "      gpus: 1",
      '      time: "3:00:00"',
      "    stage: false",
      "",
    ].join("\n"),
  );
});

it("quotes text that would be read as something else", () => {
  const read = (text: string) => yamlText({ a: text }).slice(3, -1);
  for (const text of [
    "true",
    "No",
    "12",
    "1e3",
    "3:00",
    "2026-01-01",
    "~",
    "",
    " a",
    "a ",
    "a: b",
    "#a",
    "- a",
  ])
    expect(read(text)).toBe(JSON.stringify(text));
  for (const text of ["gpus", "~/out", "/scratch/a b", "source ~/venv/bin/activate", "gpu1.lab"])
    expect(read(text)).toBe(text);
});

it("writes empty and nested values on one line", () => {
  expect(yamlText({ gpus: [], pool: [[0, 1], { a: "b" }], empty: {}, none: null, left: undefined })).toBe(
    "gpus: []\npool:\n  - [0, 1]\n  - {a: b}\nempty: {}\nnone: null\n",
  );
});
