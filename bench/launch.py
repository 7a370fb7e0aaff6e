"""What launching costs: 100 trivial tasks, two at a time, against `xargs -P2`.

Prints wall and CPU seconds (children included) of: the bare scripts under xargs, the same wrapper
under xargs, and HyperTrainer from the first POST to the last exit code recorded.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from place import Bench, bench_server, print_table

from hypertrainer.platforms.base import JobSpec
from hypertrainer.platforms.wrapper import wrapper_script

SCRIPT = "import sys\n"
PLATFORMS = "platforms:\n  local: {type: local, slots: 2}\n"


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock, and seconds of processor time."""

    wall: float
    cpu: float


def measure_xargs(commands: list[str]) -> Cost:
    """Run shell commands two at a time."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        ["xargs", "-P2", "-d", "\n", "-n1", "sh", "-c", 'eval "$0"'],
        input="\n".join(commands),
        text=True,
        check=True,
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu)


def bare_commands(folder: Path, count: int) -> list[str]:
    """The script by itself."""
    (folder / "script.py").write_text(SCRIPT)
    (folder / "config.yaml").write_text("a: 1\n")
    line = f"exec {sys.executable} {folder}/script.py {folder}/config.yaml >/dev/null"
    return [line] * count


def wrapped_commands(folder: Path, count: int) -> list[str]:
    """The script in the wrapper that HyperTrainer uses, each in a task folder."""
    return [f"exec bash {_task_folder(folder, number)}" for number in range(count)]


def _task_folder(folder: Path, number: int) -> Path:
    task = folder / f"task-{number}"
    (task / ".hypertrainer").mkdir(parents=True)
    (task / "config.yaml").write_text("a: 1\n")
    command = (sys.executable, str(folder / "script.py"), str(task / "config.yaml"))
    job = JobSpec(key=f"bench{number}", attempt=1, folder=str(task), command=command)
    run = task / ".hypertrainer" / "run.sh"
    run.write_text(wrapper_script(job))
    return run


def measure_server(bench: Bench, count: int) -> Cost:
    """From the first POST to the last exit code recorded."""
    before, began = _cpu_seconds(bench), time.perf_counter()
    for _ in range(count):
        answer = bench.client.post("/tasks", json={"script": "script.py", "config": "config.yaml"})
        answer.raise_for_status()
    while _num_finished(bench) < count:
        time.sleep(0.05)
    return Cost(time.perf_counter() - began, _cpu_seconds(bench) - before)


def _num_finished(bench: Bench) -> int:
    answer = bench.client.get("/tasks", params={"status": "finished", "limit": 1})
    total: int = answer.json()["total"]
    return total


def _cpu_seconds(bench: Bench) -> float:
    times = bench.process.cpu_times()
    return times.user + times.system


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rows = []
    for number in range(options.rounds):
        with tempfile.TemporaryDirectory(prefix="ht-bench-") as name:
            bare = measure_xargs(bare_commands(Path(name), options.tasks))
            wrapped = measure_xargs(wrapped_commands(Path(name), options.tasks))
        scripts = {"script.py": SCRIPT, "config.yaml": "a: 1\n"}
        with bench_server(scripts, PLATFORMS) as bench:
            server = measure_server(bench, options.tasks)
        rows.append(
            [
                str(number + 1),
                f"{bare.wall:.2f} / {bare.cpu:.2f}",
                f"{wrapped.wall:.2f} / {wrapped.cpu:.2f}",
                f"{server.wall:.2f} / {server.cpu:.2f} (server alone)",
                f"{server.wall / bare.wall:.2f}",
                f"{server.wall / wrapped.wall:.2f}",
            ]
        )
    head = ["round", "xargs bare", "xargs wrapped", "HyperTrainer", "of bare", "of wrapped"]
    print(f"{options.tasks} tasks, 2 at a time, {os.cpu_count()} cores; wall s / CPU s")
    print_table(head, rows)


if __name__ == "__main__":
    main()
