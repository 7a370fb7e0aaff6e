"""The login node hangs up, stays away, and comes back as somebody else: no job notices."""

from collections.abc import Callable

import psutil
import pytest

from tests.cluster.site import Site, User, check_end, let_end, runs_of, until
from tests.labs.ssh import SshLab

pytestmark = pytest.mark.slow
NODE = "login"


def commands_there(ssh: SshLab) -> list[str]:
    """What runs there for anybody who is logged in."""
    found = []
    for connection in ssh.connections(NODE):
        for process in _children(connection):
            found += [_name(process)]
    return found


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


def leave(ssh: SshLab) -> None:
    """The login node hangs up on everybody, and lets nobody in until it is started again."""
    ssh.cut(NODE)
    ssh.stop(NODE)


def is_shown(user: User, condition: str) -> Callable[[], bool]:
    return lambda: bool(user.platform()["condition"] == condition)


def test_jobs_that_end_while_nobody_can_be_asked_are_told_of_later(site: Site, user: User) -> None:
    ssh = site.cluster.ssh
    tasks = user.all_running(3)
    with site.cluster.slurm.frozen_controller():  # so that a poll is under way
        until(lambda: "squeue" in commands_there(ssh))
        leave(ssh)
    try:
        let_end(tasks[0], 0)
        let_end(tasks[1], 7)
        until(is_shown(user, "unreachable"), tell=user.platform)
        assert "refuses connections" in user.platform()["why"]
        assert [user.task(task)["status"] for task in tasks] == ["running"] * 3
        queue = site.cluster.slurm
        until(lambda: len(queue.run("squeue", "-h", "-t", "R", "-o", "%i").split()) == 1)
        assert [user.task(task)["status"] for task in tasks] == ["running"] * 3
    finally:
        ssh.start(NODE)
    check_end(user.ended(tasks[0]), "finished", 0)
    check_end(user.ended(tasks[1]), "crashed", 7)
    assert user.task(tasks[2])["status"] == "running"
    until(is_shown(user, "ok"), tell=user.platform)
    let_end(tasks[2], 8)
    check_end(user.ended(tasks[2]), "crashed", 8)


def test_a_submission_that_was_cut_off_makes_one_job(site: Site, user: User) -> None:
    ssh, slurm = site.cluster.ssh, site.cluster.slurm
    with slurm.frozen_controller():
        task = user.submit()
        until(lambda: "sbatch" in commands_there(ssh))
        ssh.cut(NODE)
        until(lambda: "Looking up" in user.task(task)["reason"], tell=user.platform)
    now = user.running(task)
    (name,) = slurm.run("squeue", "-h", "-j", now["job_id"], "-o", "%j").split()
    let_end(now, 9)
    check_end(user.ended(task), "crashed", 9)
    assert slurm.run("squeue", "-h", "-t", "all", "-n", name, "-o", "%i").split() == [now["job_id"]]


def test_a_task_that_could_not_be_sent_goes_as_soon_as_somebody_answers(
    site: Site, user: User
) -> None:
    leave(site.cluster.ssh)
    try:
        task = user.submit()
        until(is_shown(user, "unreachable"), tell=user.platform)
        now = user.until(task, lambda now: now["status"] == "waiting")
        assert "refuses connections" in now["reason"]
    finally:
        site.cluster.ssh.start(NODE)
    let_end(user.running(task))
    check_end(user.ended(task), "finished", 0)


def test_another_host_key_is_refused_until_it_is_accepted(site: Site, user: User) -> None:
    ssh = site.cluster.ssh
    task = user.running(user.submit())
    ssh.cut(NODE)
    ssh.show_key(NODE, "otherkey")
    try:
        until(is_shown(user, "auth_needed"), tell=user.platform)
        assert "host key" in user.platform()["why"]
        let_end(task, 2)
        shown = user.call("POST", "/platforms/cluster/check")["host_key"]
        assert shown["is_changed"]
        assert user.task(task)["status"] == "running"
        assert runs_of(task) == ["1"]
        accepted = {"fingerprint": shown["fingerprint"]}
        now = user.call("POST", "/platforms/cluster/host-key", accepted)
        assert (now["condition"], now["host_key"]) == ("ok", None), now
        check_end(user.ended(task), "crashed", 2)
        until(is_shown(user, "ok"), tell=user.platform)
    finally:
        ssh.show_key(NODE, "hostkey")
