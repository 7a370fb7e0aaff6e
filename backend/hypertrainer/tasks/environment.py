"""What a script runs in: git commit and diff, Python and its packages, the machine. Recorded once.

Everything here is read by short-lived commands with a time-out; what cannot be told is left out.
"""

import json
import platform
import shutil
import socket
import subprocess
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import psutil
from pydantic import ValidationError

from hypertrainer.clock import utc_now
from hypertrainer.tasks.folder import STATE_FOLDER, read_json, write_whole
from hypertrainer.tasks.schemas import TaskEnvironment

ENVIRONMENT_NAME = "environment.json"
COMMAND_SECONDS = 10
MAX_OUTPUT_BYTES = 8_388_608
MAX_DIFF_CHARS = 1_000_000
MAX_UNTRACKED = 1_000
PACKAGE_FOLDERS = ("lib/python*/site-packages", "lib/python*/dist-packages")
LIST_PACKAGES = (
    "import json, platform, sys\n"
    "from importlib.metadata import distributions\n"
    "packages = {d.metadata['Name']: d.version for d in distributions() if d.metadata['Name']}\n"
    "print(json.dumps({'version': platform.python_version(), 'executable': sys.executable,"
    " 'packages': packages}))\n"
)


def environment_path(folder: Path) -> Path:
    """Where the environment of the task with this folder is recorded."""
    return folder / STATE_FOLDER / ENVIRONMENT_NAME


def read_environment(folder: Path) -> TaskEnvironment:
    """What was recorded of a task's environment; nothing where nothing can be read."""
    names = TaskEnvironment.model_fields
    nothing: dict[str, Any] = {**dict.fromkeys(names), "packages": {}}
    try:
        return TaskEnvironment.model_validate(nothing | (read_json(environment_path(folder)) or {}))
    except ValidationError:
        return TaskEnvironment.model_validate(nothing)


def record_environment(folder: Path, git: dict[str, Any] | None, python: str | None) -> None:
    """Write `environment.json` for a task that is being launched. Blocks.

    Raises:
        OSError: the folder cannot be written.
    """
    interpreter = dict(describe_python(python)) if python else None
    packages = interpreter.pop("packages", {}) if interpreter else {}
    machine = describe_machine()
    write_environment(folder, git=git, python=interpreter, packages=packages, machine=machine)


def write_environment(
    folder: Path,
    *,
    git: Mapping[str, Any] | None,
    python: Mapping[str, Any] | None,
    packages: Mapping[str, str],
    machine: Mapping[str, Any] | None,
) -> None:
    """Write `environment.json`, from what was found out here and elsewhere. Blocks.

    Raises:
        OSError: the folder cannot be written.
    """
    record = {
        "recorded_at": utc_now().isoformat(),
        "git": git,
        "python": python,
        "packages": packages,
        "machine": machine,
    }
    write_whole(environment_path(folder), json.dumps(record, indent=1))


def describe_git(folder: Path) -> dict[str, Any] | None:
    """The commit of the repository that holds the folder, and what differs from it."""
    head = _git(folder, "rev-parse", "HEAD", "--show-toplevel")
    if head is None:
        return None
    commit, _, root = head.strip().partition("\n")
    diff = _git(folder, "diff", "--no-ext-diff", "HEAD") or ""
    untracked = _git(Path(root), "ls-files", "-z", "--others", "--exclude-standard") or ""
    return {
        "commit": commit,
        "branch": (_git(folder, "rev-parse", "--abbrev-ref", "HEAD") or "").strip(),
        "root": root,
        "is_dirty": bool(diff),
        "diff": diff[:MAX_DIFF_CHARS],
        "is_diff_cut": len(diff) > MAX_DIFF_CHARS,
        "untracked": [name for name in untracked.split("\0") if name][:MAX_UNTRACKED],
    }


def _git(folder: Path, *words: str) -> str | None:
    return _output_of(["git", "-C", str(folder), *words])


def describe_python(python: str) -> dict[str, Any]:
    """An interpreter's version and packages; remembered until its packages change."""
    try:
        return dict(_describe_python(python, _packages_stamp(python)))
    except ValueError:  # it said nothing that can be read; perhaps it does the next time
        return {"executable": python, "packages": {}}


def _packages_stamp(python: str) -> tuple[int, ...]:
    root = Path(shutil.which(python) or python).parent.parent
    folders = [folder for pattern in PACKAGE_FOLDERS for folder in root.glob(pattern)]
    return tuple(folder.stat().st_mtime_ns for folder in sorted(folders))


@lru_cache(maxsize=32)
def _describe_python(python: str, _stamp: tuple[int, ...]) -> dict[str, Any]:
    described: dict[str, Any] = json.loads(_output_of([python, "-I", "-c", LIST_PACKAGES]) or "")
    return described


@lru_cache(maxsize=1)
def describe_machine() -> dict[str, Any]:
    """This machine: name, system, processors, memory in bytes, graphics cards."""
    return {
        "host": socket.gethostname(),
        "system": platform.platform(),
        "cpus": psutil.cpu_count(),
        "memory_bytes": psutil.virtual_memory().total,
        "gpus": _describe_gpus(),
    }


def _describe_gpus() -> list[str]:
    if shutil.which("nvidia-smi") is None:
        return []
    printed = _output_of(["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"])
    return (printed or "").splitlines()


def _output_of(command: Sequence[str]) -> str | None:
    """What a command prints, its beginning where that is long; None where it fails or hangs."""
    try:
        process = subprocess.Popen(  # noqa: S603 - an argument list, never a shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None
    limit = threading.Timer(COMMAND_SECONDS, process.kill)
    limit.start()
    with process:
        printed = process.stdout.read(MAX_OUTPUT_BYTES + 1) if process.stdout else b""
        is_cut = len(printed) > MAX_OUTPUT_BYTES
        if is_cut:
            process.kill()
    limit.cancel()
    return printed.decode("utf-8", "replace") if is_cut or process.returncode == 0 else None
