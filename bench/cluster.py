"""What a cluster behind a login node costs, and how soon its output is seen.

A real Slurm behind a real sshd: needs the Debian packages slurm-wlm, munge and openssh-server.
Remote commands are counted where they arrive, in the log of the SSH server.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from place import Bench, bench_server, print_table

LABS = Path(__file__).parents[1] / "backend" / "tests" / "labs"
SLURM_PORT, SSH_PORT = 23_100, 23_150
SLEEP = "import time\ntime.sleep(3600)\n"
TRUE = "import sys\n"
CLOCK = """\
import time
with open("metric_clock.log", "a", buffering=1) as clock:
    for number in range(100_000):
        clock.write(f"{number}\\t{time.time():.6f}\\n")
        time.sleep(0.5)
"""
SUBMITIT = """\
import sys, time, submitit
executor = submitit.AutoExecutor(folder=sys.argv[1], cluster="slurm")
executor.update_parameters(timeout_min=5, cpus_per_task=1, mem_gb=0.1)
jobs = [executor.submit(abs, number) for number in range(int(sys.argv[2]))]
for job in jobs:
    job.result()
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A login node and the cluster behind it."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {"SLURM_CONF": f"{self.folder}/slurm/etc/slurm.conf"}

    @property
    def platforms(self) -> str:
        return (
            "platforms:\n"
            f"  cluster: {{type: slurm, host: root@127.0.0.1:{SSH_PORT}, "
            f"key: {self.folder}/ssh/id, output: {self.folder}/output, python: {sys.executable}}}\n"
        )

    def num_commands(self) -> int:
        """How many commands the login node has run so far."""
        return Path(self.folder, "ssh", "login.log").read_text().count("Starting session: command")


@contextmanager
def cluster(num_cpus: int) -> Iterator[Cluster]:
    """A cluster of one node, with so many processors by its own word."""
    folder = Path(tempfile.mkdtemp(prefix="ht-", dir="/tmp"))
    folder.chmod(0o755)
    made = Cluster(folder)
    environment = {**os.environ, **made.environment, "CPUS": str(num_cpus)}
    environment["SETENV"] = f"SLURM_CONF={made.environment['SLURM_CONF']}"
    labs = [("slurmlab.sh", "slurm", SLURM_PORT), ("sshlab.sh", "ssh", SSH_PORT)]

    def run(word: str, lab: tuple[str, str, int]) -> None:
        command = ["bash", str(LABS / lab[0]), word, str(folder / lab[1]), str(lab[2])]
        subprocess.run(command, check=True, env=environment, timeout=180)

    try:
        for lab in labs:
            run("up", lab)
        yield made
    finally:
        for lab in reversed(labs):
            run("down", lab)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server(place: Cluster, scripts: dict[str, str]) -> Iterator[Bench]:
    """HyperTrainer with that cluster as a platform; the login node's key is known."""
    with bench_server(scripts, place.platforms) as bench:
        known = bench.folder / "home" / "known_hosts"
        known.write_text((place.folder / "ssh" / "known_hosts").read_text())
        yield bench


def submit(bench: Bench, script: str, count: int) -> None:
    """Submit so many tasks, as one search."""
    text = "a: 1\n"
    if count > 1:
        search = f"n_trials: {count}, type: random_uniform, params: [{{param: a, lo: 0, hi: 1}}]"
        text = f"a: 1\nhpsearch: {{{search}}}\n"
    body = {"script": script, "config_text": text, "platform": "cluster"}
    bench.client.post("/tasks", json=body).raise_for_status()


def wait_until(bench: Bench, count: int, **filters: str | list[str]) -> None:
    """Wait until so many tasks fit."""
    deadline = time.monotonic() + 900
    while bench.client.get("/tasks", params={**filters, "limit": 1}).json()["total"] < count:
        if time.monotonic() > deadline:
            raise TimeoutError(f"not {count} tasks with {filters}")
        time.sleep(0.2)


def measure_polling(place: Cluster, count: int, seconds: float) -> list[str]:
    """Remote commands and the server's processor time, while tasks do nothing."""
    with server(place, {"sleep.py": SLEEP}) as bench:
        began, before = time.perf_counter(), place.num_commands()
        submit(bench, "sleep.py", count)
        wait_until(bench, count, status=["submitting", "running"])
        while bench.client.get("/tasks?status=waiting&limit=1").json()["total"]:
            time.sleep(0.2)
        submitted = time.perf_counter() - began
        commands = place.num_commands() - before
        time.sleep(30)  # the pace right after the submission is another
        before, cpu = place.num_commands(), sum(bench.process.cpu_times()[:2])
        time.sleep(seconds)
        per_minute = (place.num_commands() - before) * 60 / seconds
        load = 100 * (sum(bench.process.cpu_times()[:2]) - cpu) / seconds
        cancel_all(bench)
    return [
        str(count),
        f"{submitted:.1f} s",
        f"{count / submitted:.0f} / s",
        str(commands),
        f"{per_minute:.1f}",
        f"{load:.1f} %",
    ]


def cancel_all(bench: Bench) -> None:
    """Cancel whatever is active, and wait until it is over."""
    active = ["waiting", "submitting", "running"]
    while ids := bench.client.get("/tasks/ids", params={"status": active}).json()["ids"]:
        bench.client.post("/tasks/cancel", json={"ids": ids}).raise_for_status()
        time.sleep(1)


def measure_delay(place: Cluster, seconds: float) -> list[str]:
    """From each line written there to the API that the browser reads."""
    with server(place, {"clock.py": CLOCK}) as bench:
        submit(bench, "clock.py", 1)
        wait_until(bench, 1, status="running")
        delays: list[float] = []
        began = seen = time.time()
        params: dict[str, str | int] = {"task_id": 1, "name": "clock", "max_points": 500}
        while time.time() - began < seconds:
            series = bench.client.get("/metrics", params=params).json()["series"]
            written = [point[1] for point in series[0]["points"]] if series else []
            delays += [time.time() - at for at in written if at > seen]
            seen = max([seen, *written])
            time.sleep(0.02)
        cancel_all(bench)
    p95 = statistics.quantiles(delays, n=20)[-1]
    return [f"{statistics.median(delays):.1f} s", f"{p95:.1f} s", str(len(delays))]


def measure_server(place: Cluster, count: int) -> float:
    """Seconds from the request to the last exit code recorded."""
    with server(place, {"true.py": TRUE}) as bench:
        began = time.perf_counter()
        submit(bench, "true.py", count)
        wait_until(bench, count, status="finished")
        return time.perf_counter() - began


def measure_loop(place: Cluster, count: int) -> float:
    """Seconds that a plain loop of sbatch takes, until the queue is empty."""
    lines = (
        f"for i in $(seq {count}); do sbatch -Q -o /dev/null --wrap '{sys.executable} -c 1'; done"
    )
    wait = 'while [ -n "$(squeue -h -o %i)" ]; do sleep 0.2; done'
    began = time.perf_counter()
    environment = {**os.environ, **place.environment}
    subprocess.run(["bash", "-c", f"{lines}; {wait}"], check=True, env=environment, timeout=900)
    return time.perf_counter() - began


def measure_submitit(place: Cluster, count: int) -> float | None:
    """Seconds that submitit takes for the same; None where it is not installed."""
    environment = {**os.environ, **place.environment}
    program = [sys.executable, "-c", SUBMITIT, str(place.folder / "submitit"), str(count)]
    began = time.perf_counter()
    done = subprocess.run(program, check=False, env=environment, timeout=1800)
    return time.perf_counter() - began if done.returncode == 0 else None


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--active", type=int, nargs="*", default=[1, 100, 1000])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--tasks", type=int, default=100)
    parser.add_argument("--delay-seconds", type=float, default=120)
    options = parser.parse_args()
    with cluster(num_cpus=8) as place:
        rows = [measure_polling(place, count, options.seconds) for count in options.active]
        head = [
            "active",
            "submitted in",
            "rate",
            "commands for it",
            "commands / min",
            "server's CPU",
        ]
        if rows:
            print_table(head, rows)
        if options.delay_seconds:
            print_table(
                ["written → API, median", "p95", "n"], [measure_delay(place, options.delay_seconds)]
            )
        if options.tasks:
            ours, loop = (
                measure_server(place, options.tasks),
                measure_loop(place, options.tasks),
            )
            theirs = measure_submitit(place, options.tasks)
            head = [f"{options.tasks} tasks on 8 CPUs", "wall", "of the loop"]
            print_table(
                head,
                [
                    ["sbatch loop on the login node", f"{loop:.1f} s", "1.00"],
                    ["submitit on the login node", *ratio(theirs, loop)],
                    ["HyperTrainer through SSH", *ratio(ours, loop)],
                ],
            )


def ratio(seconds: float | None, base: float) -> list[str]:
    """Two cells: the time, and how often the base goes into it."""
    return (
        ["not installed", "-"] if seconds is None else [f"{seconds:.1f} s", f"{seconds / base:.2f}"]
    )


if __name__ == "__main__":
    main()
