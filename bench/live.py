"""How live it is: from a script's write to the API's answer, and to the page's DOM.

A running task appends a value to a metric file every 200 ms, with the time of writing as the value.
The API is asked in a tight loop; the page is a headless Chromium that shows the task's row, driven
over its DevTools by `frontend/bench/live.mjs`.
"""

import argparse
import json
import statistics
import subprocess
import time
from pathlib import Path

from place import Bench, bench_server, print_table

FRONTEND = Path(__file__).parents[1] / "frontend"
SCRIPT = """\
import time
clock = open("metric_clock.log", "a", buffering=1)
progress = open("progress.log", "a", buffering=1)
with clock, progress:
    for number in range(100_000):
        now = time.time()
        clock.write(f"{number}\\t{now:.6f}\\n")
        progress.write(f"{number}\\ttrain\\t0\\t1\\t{now:.6f}\\n")
        time.sleep(0.2)
"""


def start_task(bench: Bench) -> int:
    """Submit the writing task and wait until it writes."""
    body = {"script": "script.py", "config_text": "num_epochs: 100000\n"}
    task_id: int = bench.client.post("/tasks", json=body).json()["tasks"][0]["id"]
    while not bench.client.get(f"/metrics/{task_id}").json()["items"]:
        time.sleep(0.05)
    return task_id


def api_delays(bench: Bench, task_id: int, count: int) -> list[float]:
    """Milliseconds from a write to the first answer that has it."""
    delays, last = [], None
    params = {"task_id": task_id, "name": "clock", "max_points": 10}
    while len(delays) < count:
        series = bench.client.get("/metrics", params=params).json()["series"]
        value = series[0]["points"][-1][1]
        if last is not None and value != last:
            delays.append(1_000 * (time.time() - value))
        last = value
    return delays


def dom_delays(bench: Bench, task_id: int, count: int) -> list[float]:
    """Milliseconds from a write to the page's row showing its epoch."""
    clock = next(bench.folder.glob("output/*/progress.log"))
    done = subprocess.run(
        ["node", "bench/live.mjs", bench.link, str(task_id), str(count), str(clock)],
        cwd=FRONTEND,
        capture_output=True,
        text=True,
        check=True,
    )
    delays: list[float] = json.loads(done.stdout)
    return delays


def row(name: str, delays: list[float]) -> list[str]:
    """A table row."""
    p95 = statistics.quantiles(delays, n=20)[-1]
    return [name, f"{statistics.median(delays):.0f} ms", f"{p95:.0f} ms", str(len(delays))]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    options = parser.parse_args()
    with bench_server({"script.py": SCRIPT}) as bench:
        task_id = start_task(bench)
        rows = [
            row("write → API", api_delays(bench, task_id, options.count)),
            row("write → DOM", dom_delays(bench, task_id, options.count)),
        ]
        bench.client.post("/tasks/cancel", json={"ids": [task_id]})
    print_table(["from … to", "median", "p95", "samples"], rows)


if __name__ == "__main__":
    main()
