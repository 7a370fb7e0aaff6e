"""What a server costs that does nothing: memory and CPU with 1,000 finished and 50 running tasks.

Also from the program's start to its first answer, and the size of the installed environment.
"""

import argparse
import sys
import time
from pathlib import Path

from place import Bench, bench_server, print_table

QUICK = "import sys\n"
SLOW = "import time\ntime.sleep(3600)\n"


def fill(bench: Bench, finished: int, running: int) -> None:
    """Run tasks to their end, then start some that stay."""
    _submit(bench, "quick.py", finished)
    _wait_for(bench, "finished", finished)
    _submit(bench, "slow.py", running)
    _wait_for(bench, "running", running)


def _submit(bench: Bench, script: str, count: int) -> None:
    for _ in range(count):
        body = {"script": script, "config": "config.yaml"}
        bench.client.post("/tasks", json=body).raise_for_status()


def _wait_for(bench: Bench, status: str, count: int) -> None:
    while True:
        answer = bench.client.get("/tasks", params={"status": status, "limit": 1}).json()
        if answer["total"] >= count:
            return
        time.sleep(0.2)


def cpu_percent(bench: Bench, seconds: float) -> float:
    """Processor time used while idling, in percent of one core."""
    before = sum(bench.process.cpu_times()[:2])
    time.sleep(seconds)
    return 100 * (sum(bench.process.cpu_times()[:2]) - before) / seconds


def environment_megabytes() -> float:
    """The size of this Python's packages."""
    folder = Path(sys.prefix) / "lib"
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--finished", type=int, default=1_000)
    parser.add_argument("--running", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    scripts = {"quick.py": QUICK, "slow.py": SLOW, "config.yaml": "a: 1\n"}
    platforms = f"platforms:\n  local: {{type: local, slots: {options.running}}}\n"
    with bench_server(scripts, platforms) as bench:
        empty = bench.process.memory_full_info()
        fill(bench, options.finished, options.running)
        time.sleep(5)
        cpu = cpu_percent(bench, options.seconds)
        full = bench.process.memory_full_info()
        ids = bench.client.get("/tasks/ids", params={"status": "running"}).json()["ids"]
        bench.client.post("/tasks/cancel", json={"ids": ids})
        _wait_for(bench, "cancelled", options.running)
        start = bench.start_seconds
    rows = [
        ["start to first answer", f"{start:.2f} s"],
        ["memory when new (RSS / USS)", f"{empty.rss / 1e6:.0f} / {empty.uss / 1e6:.0f} MB"],
        [
            f"memory with {options.finished} finished and {options.running} running (RSS / USS)",
            f"{full.rss / 1e6:.0f} / {full.uss / 1e6:.0f} MB",
        ],
        ["CPU then, of one core", f"{cpu:.2f} %"],
        ["packages, development tools included", f"{environment_megabytes():.0f} MB"],
    ]
    print_table(["what", "seen"], rows)


if __name__ == "__main__":
    main()
