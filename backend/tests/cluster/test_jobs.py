"""What Slurm and its other users do to jobs, as HyperTrainer's users see it."""

import pytest

from tests.cluster.site import (
    WORK,
    Site,
    Task,
    User,
    check_end,
    check_output,
    let_end,
    runs_of,
    there,
    until,
)

pytestmark = pytest.mark.slow
REQUEUED = "script: worker.py\nresources: {cpus: 1, raw: [requeue]}\n"


def squeue(site: Site, form: str, *words: str) -> list[str]:
    return site.cluster.slurm.run("squeue", "-h", "-t", "all", "-o", form, *words).split()


def test_a_requeued_job_is_the_same_task_and_its_logs_go_on(site: Site, user: User) -> None:
    slurm = site.cluster.slurm
    task = user.running(user.submit(REQUEUED))
    slurm.run("scontrol", "requeue", task["job_id"])
    now = user.until(task, lambda now: "Requeued" in now["reason"])
    assert now["status"] == "submitting"
    until(lambda: squeue(site, "%r", "-j", task["job_id"]) == ["BeginTime"])
    slurm.run("scontrol", "update", f"jobid={task['job_id']}", "StartTime=now")
    until(lambda: len(runs_of(task)) == 2)
    now = user.until(task, lambda now: now["status"] == "running")
    assert (now["job_id"], now["num_attempts"]) == (task["job_id"], 1)
    let_end(task, 5)
    now = user.ended(task)
    assert (now["status"], now["exit_code"]) == ("crashed", 5)
    assert runs_of(now) == ["1", "1"]  # by Slurm's will
    check_output(now)
    assert there(now, "out.txt").read_text().count("begun as attempt 1") == 2


def test_a_late_twin_of_a_job_does_not_run(site: Site, user: User) -> None:
    task = user.running(user.submit(WORK))
    (key,) = squeue(site, "%j", "-j", task["job_id"])
    script = str(there(task, ".hypertrainer/run.sh"))
    words = ["sbatch", "--parsable", f"--job-name={key}", "--output=/dev/null", script]
    twin = site.cluster.slurm.run(*words).strip()
    until(lambda: squeue(site, "%T", "-j", twin) == ["FAILED"])
    assert user.task(task)["status"] == "running"
    let_end(task, 6)
    now = user.ended(task)
    check_end(now, "crashed", 6)
    assert now["job_id"] == task["job_id"]


def test_somebody_else_s_cancel_is_called_so(site: Site, user: User) -> None:
    task = user.running(user.submit(WORK))
    site.cluster.slurm.run("scancel", task["job_id"])
    now = user.ended(task)
    check_end(now, "cancelled", 143)
    assert now["reason"].startswith("Cancelled on its platform by somebody else (Slurm: CANCELLED")


def test_a_deleted_task_leaves_no_folder_there(user: User) -> None:
    task: Task = user.running(user.submit(WORK))
    let_end(task)
    user.ended(task)
    kept = there(task).parent / ".code"
    assert kept.exists()
    user.act("archive", task)
    user.act("delete", task)
    until(lambda: not there(task).exists())
    assert kept.exists()
    assert user.tasks(archived="true") == []
