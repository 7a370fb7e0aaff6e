"""A time limit, as long runs meet it: saved in time, resumed by itself, and done."""

from typing import Any

import pytest

from tests.cluster.site import Site, Task, User, check_end, there, until

pytestmark = pytest.mark.slow
LIMIT_SECONDS = 120
SCRIPT = """\
import os, signal, sys, time
from pathlib import Path

here = Path(os.environ["HYPERTRAINER_OUTPUT_PATH"])
with (here / "runs").open("a") as runs:
    runs.write(os.environ["HYPERTRAINER_ATTEMPT"] + "\\n")


def save(number, frame):
    (here / "checkpoint").write_text("half of it")
    print("saved")
    if "leaves" in Path(sys.argv[1]).read_text():
        sys.exit(75)


signal.signal(signal.SIGUSR1, save)
if os.environ["HYPERTRAINER_RESUMED"] == "1":
    print("going on with", (here / "checkpoint").read_text())
    sys.exit(0)
print("at the beginning")
while True:
    time.sleep(0.1)
"""
LIMITS = '{cpus: 1, time: "0:01:00", checkpoint: USR1@30, resume_on: [timed_out], resume_limit: 1}'
STAYS = f"script: long.py\nresources: {LIMITS}\n"
WORDS = "at the beginning\nsaved\ngoing on with half of it\n"


def attempts(user: User, task: Task) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = user.call("GET", f"/tasks/{task['id']}/attempts")["items"]
    return items


def test_runs_that_reach_their_limit_are_resumed_once_and_end(site: Site, user: User) -> None:
    (site.folder / "scripts/long.py").write_text(SCRIPT)
    staying, leaving = user.submit(STAYS), user.submit(f"{STAYS}when: it leaves\n")
    job = user.running(staying)["job_id"]
    until(there(staying, "checkpoint").exists)
    # Slurm looks at limits twice a minute. An administrator makes it end in the next look.
    site.cluster.slurm.run("scontrol", "update", f"jobid={job}", "EndTime=now")
    for task in (staying, leaving):
        user.until(task, lambda now: now["num_attempts"] == 2 or now["ended_at"], LIMIT_SECONDS)
        now = user.ended(task)
        check_end(now, "finished", 0, runs=2)
        assert there(now, "out.txt").read_text() == WORDS
    ended, left = attempts(user, staying)[0], attempts(user, leaving)[0]
    assert (ended["outcome"], ended["exit_code"]) == ("timed_out", 143)
    assert "(Slurm: TIMEOUT after " in ended["reason"]
    assert (left["outcome"], left["exit_code"]) == ("timed_out", 75)
    assert "it left at its checkpoint signal" in left["reason"]
