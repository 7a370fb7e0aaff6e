"""Jobs of this machine when things go wrong around them."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from hypertrainer.errors import PlatformUnreachable
from hypertrainer.platforms.base import Ambiguous, JobHandle, JobState, Rejected, StopSignal
from hypertrainer.platforms.schedulers.direct import ORPHANED, DirectScheduler
from hypertrainer.platforms.shell import ShellPlatform, ShellSettings
from hypertrainer.platforms.transports.base import RUN_SECONDS, ExecResult, Interrupted
from hypertrainer.platforms.transports.local import LocalTransport
from tests.platforms.places import DEADLINE_SECONDS, UNTIL_TOLD, LocalPlace, ScriptTransport, until

SERVER = """
import asyncio, json, sys
from pathlib import Path
from hypertrainer.platforms.base import JobSpec
from hypertrainer.platforms.registry import Registry

async def main():
    key, folder, program = sys.argv[1:]
    platform = Registry(Path(folder, "none.yaml"), Path(folder)).get("local")
    outcome = await platform.submit([JobSpec(key, 1, folder, ("bash", "-c", program))])
    print(outcome[key].job_id, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_a_job_survives_the_server_that_started_it(local: LocalPlace) -> None:
    job = local.job()
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        SERVER,
        job.key,
        job.folder,
        UNTIL_TOLD,
        stdout=asyncio.subprocess.PIPE,
    )
    assert server.stdout is not None
    handle = local.handle(job, (await server.stdout.readline()).decode().strip())
    await local.seen(handle, JobState.RUNNING)
    server.kill()
    await server.wait()
    assert (await local.look(handle)).state is JobState.RUNNING
    waiting = asyncio.ensure_future(local.platform.wait_for_change([handle]))
    local.finish(job, 5)
    await asyncio.wait_for(waiting, DEADLINE_SECONDS)
    seen = await local.look(handle)
    assert seen.exit is not None
    assert seen.exit.code == 5


async def test_a_program_whose_wrapper_was_killed_still_counts_as_running(
    local: LocalPlace,
) -> None:
    job = local.job()
    handle = await local.running(job)
    kill_wrapper(handle)

    async def is_orphaned() -> bool:
        seen = await local.look(handle)
        assert seen.state is JobState.RUNNING
        return seen.reason == ORPHANED

    await until(is_orphaned)
    local.finish(job, 0)
    gone = await local.seen(handle, JobState.ABSENT)
    assert gone.exit is None
    assert gone.cause is None
    assert "left no exit record" in gone.reason


@pytest.mark.parametrize("how", StopSignal)
async def test_a_stop_reaches_a_program_whose_wrapper_was_killed(
    local: LocalPlace, how: StopSignal
) -> None:
    handle = await local.running(local.job())
    kill_wrapper(handle)
    assert await local.platform.stop([handle], how) == {}
    await local.seen(handle, JobState.ABSENT)
    await until(lambda: not local.alive())  # what was just being forked ends by itself


async def test_a_job_all_of_which_was_killed_is_absent(local: LocalPlace) -> None:
    handle = await local.running(local.job())
    kill_wrapper(handle)
    for process in local.alive():
        process.kill()
    await local.seen(handle, JobState.ABSENT)


async def test_an_end_is_announced_once(local: LocalPlace) -> None:
    handle = await local.running(local.job())
    await local.look(handle)
    kill_wrapper(handle)
    await asyncio.wait_for(local.platform.wait_for_change([handle]), DEADLINE_SECONDS)
    waiting = asyncio.ensure_future(local.platform.wait_for_change([handle]))
    done, _ = await asyncio.wait([waiting], timeout=0.2)
    assert not done
    waiting.cancel()


async def test_a_submitted_job_is_never_absent_before_it_starts(local: LocalPlace) -> None:
    job = local.program("exit 0")
    handle = await local.submitted(job)
    while (seen := await local.look(handle)).state is not JobState.ENDED:
        assert seen.state in (JobState.QUEUED, JobState.RUNNING)


@pytest.mark.parametrize(
    "anyio_backend", [("asyncio", {"use_uvloop": use}) for use in (True, False)]
)
async def test_waiting_sees_a_start_and_an_end_on_either_event_loop(local: LocalPlace) -> None:
    job = local.job()
    handle = await local.submitted(job)
    await asyncio.wait_for(local.platform.wait_for_change([handle]), DEADLINE_SECONDS)
    assert (await local.look(handle)).state is JobState.RUNNING
    waiting = asyncio.ensure_future(local.platform.wait_for_change([handle]))
    local.finish(job, 0)
    await asyncio.wait_for(waiting, DEADLINE_SECONDS)
    assert (await local.look(handle)).state is JobState.ENDED


async def test_the_server_buries_the_wrappers_that_it_started(local: LocalPlace) -> None:
    first, second = local.program("exit 0"), local.program("exit 0", "h2")
    handle = await local.submitted(first)
    await local.ended(handle)
    pid = int(handle.job_id or 0)
    await until(lambda: not is_running(pid))
    await local.ended(await local.submitted(second))
    assert not psutil.pid_exists(pid)


async def test_descriptors_of_the_server_do_not_reach_its_jobs(local: LocalPlace) -> None:
    descriptor = os.open(os.devnull, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    job = local.program("ls /proc/$$/fd; true")
    await local.ended(await local.submitted(job))
    os.close(descriptor)
    assert Path(job.folder, "out.txt").read_text().split() == ["0", "1", "2"]


async def test_a_machine_with_no_room_for_a_process_may_be_asked_again(
    local: LocalPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    job = local.job()
    outcome = await local.outcome(job)
    assert isinstance(outcome, Rejected)
    assert outcome.is_retryable


async def test_a_folder_that_cannot_be_written_rejects_its_job_alone(local: LocalPlace) -> None:
    bad, good = local.job("h1"), local.program("exit 0", "h2")
    Path(bad.folder, ".hypertrainer").write_text("in the way")
    outcomes = await local.platform.submit([bad, good])
    refused = outcomes[bad.key]
    assert isinstance(refused, Rejected)
    assert "cannot be written" in refused.reason
    await local.ended(local.handle(good))


async def test_a_command_that_no_process_can_have_is_rejected(local: LocalPlace) -> None:
    job = replace(local.job(), command=("a\0",))
    outcome = await local.outcome(job)
    assert isinstance(outcome, Rejected)


async def test_a_stop_that_cannot_be_written_down_is_reported(local: LocalPlace) -> None:
    job = local.job()
    handle = await local.running(job)
    Path(job.folder, ".hypertrainer/stop.1").mkdir()
    reasons = await local.platform.stop([handle], StopSignal.TERM)
    assert "stop file could not be written" in reasons[job.key]


async def test_a_lost_answer_is_ambiguous_and_the_job_is_found(
    local: LocalPlace,
) -> None:
    platform = ShellPlatform(
        "deaf", "local", DeafTransport(), DirectScheduler(), ShellSettings(default_output="/")
    )
    job = local.job()
    assert isinstance((await platform.submit([job]))[job.key], Ambiguous)
    found = await local.platform.find([local.handle(job)])
    assert found.is_complete
    await local.seen(local.handle(job, found.jobs[job.key].job_id), JobState.RUNNING)


async def test_a_script_that_takes_too_long_is_interrupted_not_failed() -> None:
    with pytest.raises(Interrupted):
        await LocalTransport().run("exec sleep 1000", seconds=0.05)


async def test_a_machine_without_bash_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(PlatformUnreachable):
        await LocalTransport().run("true")


async def test_platform_settings_reach_the_job_before_its_own(local: LocalPlace) -> None:
    settings = ShellSettings(setup=("B=$A-setup",), environment={"A": "place", "C": "place"})
    platform = ShellPlatform("p", "local", LocalTransport(), DirectScheduler(), settings)
    job = replace(
        local.program('echo "$A $B $C"'), setup=("export B=$B-job",), environment={"C": "job"}
    )
    await platform.submit([job])
    await local.ended(local.handle(job))
    assert Path(job.folder, "out.txt").read_text() == "place place-setup-job job\n"


class DeafTransport(ScriptTransport):
    """Does what it is told and loses the answer."""

    async def run(
        self, script: str, args: Sequence[str] = (), seconds: float = RUN_SECONDS
    ) -> ExecResult:
        await super().run(script, args, seconds)
        raise Interrupted("The connection was lost.")


def is_running(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def kill_wrapper(handle: JobHandle) -> None:
    assert handle.job_id is not None
    os.kill(int(handle.job_id), signal.SIGKILL)
