"""What may be wrong with a place, and what to do about it: pure."""

import re
from collections.abc import Iterator, Mapping

from hypertrainer.errors import AuthNeeded, PlatformError, PlatformUnreachable
from hypertrainer.platforms.base import Problem
from hypertrainer.platforms.clock_offset import ClockOffset
from hypertrainer.platforms.probe import Answer, SetupRun, Wishes, is_driver_silent

GIBIBYTE = 2**30
OLDEST_BASH = (4, 3)
NO_GPUS = ("no devices", "not found")
FULL = ("no space left", "quota")
REMEDY = re.compile(r"(?<=[.)`]) (?=(?:Ask|Check|Compare|Log in|Set|Unlock|Write) )")
OTHER_REMEDIES = {
    AuthNeeded: "Log in with `ssh` on the server's machine to see what it asks for.",
    PlatformUnreachable: "Check that the machine is up and that bash runs there.",
    PlatformError: "Check again; if it stays, look whether the machine is overloaded.",
}


def problem_of(error: PlatformError) -> Problem:
    """An error that ended the check. Its own words often end with what to do."""
    message, *rest = REMEDY.split(error.message, maxsplit=1)
    if rest:
        return Problem(message, rest[0])
    kinds = (kind for kind in OTHER_REMEDIES if isinstance(error, kind))
    return Problem(message, OTHER_REMEDIES[next(kinds)])


def find_problems(
    answer: Answer, run: SetupRun, wishes: Wishes, clock: ClockOffset | None
) -> Iterator[Problem]:
    """What is wrong with a place that has answered, its queue left out."""
    if answer.until is None:
        yield Problem("The check ended halfway.", "Check again; a start-up file may end shells.")
        return
    machine = answer.told("machine")
    if "machine" in answer.whole:
        yield from _machine_problems(machine, wishes)
    yield from _setup_problems(run, wishes)
    yield from _folder_problems(answer, wishes)
    if clock is not None and clock.is_wrong:
        yield Problem(
            f"The clock there is {clock}.",
            "Have it set by NTP. Until then, times in plots and logs are shifted.",
        )
    if wishes.is_direct:
        yield from _driver_problems(answer)
        yield from _login_problems(answer.told("login"), machine.get("user", ""))


def _machine_problems(told: Mapping[str, str], wishes: Wishes) -> Iterator[Problem]:
    kernel = told.get("kernel", "Linux")
    if not kernel.startswith("Linux"):
        yield Problem(f"It runs {kernel}.", "Jobs need Linux: choose another machine.")
    bash = told.get("bash", "")
    if _version(bash) < OLDEST_BASH:
        yield Problem(f"bash is {bash or 'missing'}.", "Install bash 4.3 or newer.")
    if wishes.is_direct and not told.get("setsid"):
        yield Problem("setsid is missing.", "Install util-linux.")
    missing = [name for name in ("tar", "gzip") if wishes.brings_code and not told.get(name)]
    if missing:
        yield Problem(
            f"{' and '.join(missing)} {'are' if missing[1:] else 'is'} missing, by which code is "
            "unpacked.",
            "Install it, or write `stage: false` and the `path:` of the scripts there.",
        )


def _setup_problems(run: SetupRun, wishes: Wishes) -> Iterator[Problem]:
    if not run.is_ready:
        known = run.failed is not None and run.failed < len(wishes.setup)
        line = f" `{wishes.setup[run.failed or 0]}`" if known else ""
        said = f" Its last words: {run.said}" if run.said else ""
        if wishes.setup:
            yield Problem(
                f"The setup line{line} {run.how}.{said}",
                "Correct `setup:` of the platform. If the line needs more start-up files, set "
                "`login_shell: true`; if it does not matter, end it with || true.",
            )
            return
    if not run.python:
        yield Problem(
            f"No Python was found as `{wishes.python}`.",
            "Name one by `python:` in platforms.yaml, or make it known in `setup:`."
            if wishes.is_remote
            else "Name one by `python:` in platforms.yaml, or by HYPERTRAINER_PYTHON.",
        )


def _folder_problems(answer: Answer, wishes: Wishes) -> Iterator[Problem]:
    told = answer.told("folder")
    if "folder" not in answer.whole:
        yield Problem(
            f"The output folder {wishes.output} does not answer.",
            "Its file system hangs: tell the administrators, or set another `output:`.",
        )
        return
    why = told.get("refusal", "").rpartition(": ")[2]
    if not told.get("writable") or why:
        yield Problem(
            f"The output folder {wishes.output} cannot be written{f': {why}' if why else ''}.",
            _room_remedy()
            if any(word in why.lower() for word in FULL)
            else "Change its owner or mode, or set `output:` in platforms.yaml.",
        )
        return
    free, inodes = number(told.get("free_bytes")), number(told.get("free_inodes"))
    if free is not None and free < GIBIBYTE:
        yield Problem(f"Only {size(free)} are free for output.", _room_remedy())
    if inodes == 0 and free:
        yield Problem("The file system has no room for more files.", _room_remedy())


def _room_remedy() -> str:
    return "Delete archived tasks, or set `output:` to a folder with more room."


def _driver_problems(answer: Answer) -> Iterator[Problem]:
    if is_driver_silent(answer):
        yield Problem(
            "nvidia-smi does not answer.", "Restart the machine, or tell its administrator."
        )
        return
    said = " ".join(answer.sections.get("gpus", "").split())
    is_list = re.match(r"\d+,", said)
    if said and not is_list and not any(word in said.lower() for word in NO_GPUS):
        yield Problem(
            f"nvidia-smi lists no GPUs: {said[:200]}",
            "After an update of the driver, restart the machine; else tell its administrator.",
        )


def _login_problems(told: Mapping[str, str], user: str) -> Iterator[Problem]:
    if queue := told.get("queue"):
        kind, _, title = queue.partition(" ")
        yield Problem(
            f"It looks like a login node of {title}: jobs would run on it, past the queue.",
            f"Write `type: {kind}` instead of `type: ssh`.",
        )
    said = told.get("kills", "")
    spared = re.search(r"KillExcludeUsers=(.*?)(?= Kill|$)", said)
    is_spared = spared is not None and user in spared[1].split()
    if "KillUserProcesses=yes" in said and not is_spared and "=yes" not in told.get("linger", ""):
        yield Problem(
            "Processes are ended at log-out there (KillUserProcesses), and jobs with them.",
            f"Run `loginctl enable-linger {user}` there, or ask its administrator to.",
        )


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2] if part.isdigit())


def number(text: str | None) -> int | None:
    """A whole number, where the text is one."""
    return int(text) if text and text.isascii() and text.isdigit() else None


def size(count: int) -> str:
    """Bytes, in words."""
    return f"{count / GIBIBYTE:.1f} GiB"
