"""What a script runs in: git commit and diff, Python and its packages, the machine. Recorded once.

Everything here is read by short-lived commands with a time-out; what cannot be told is left out.
"""

import json
import platform
import shutil
import socket
import subprocess
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import psutil

from hypertrainer.clock import utc_now
from hypertrainer.tasks.folder import STATE_FOLDER, write_whole

ENVIRONMENT_NAME = "environment.json"
COMMAND_SECONDS = 10
MAX_DIFF_CHARS = 1_000_000
LIST_PACKAGES = (
    "import json, platform, sys\n"
    "from importlib.metadata import distributions\n"
    "packages = {d.metadata['Name']: d.version for d in distributions() if d.metadata['Name']}\n"
    "print(json.dumps({'version': platform.python_version(), 'executable': sys.executable,"
    " 'packages': packages}))\n"
)


def record_environment(folder: Path, git: dict[str, Any] | None, python: str | None) -> None:
    """Write `environment.json` for a task that is being launched. Blocks.

    Raises:
        OSError: the folder cannot be written.
    """
    interpreter = dict(describe_python(python)) if python else None
    packages = interpreter.pop("packages", {}) if interpreter else {}
    record = {
        "recorded_at": utc_now().isoformat(),
        "git": git,
        "python": interpreter,
        "packages": packages,
        "machine": describe_machine(),
    }
    if (folder / STATE_FOLDER).is_dir():
        write_whole(folder / STATE_FOLDER / ENVIRONMENT_NAME, json.dumps(record, indent=1))


def describe_git(folder: Path) -> dict[str, Any] | None:
    """The commit of the repository that holds the folder, and what differs from it."""
    head = _run(["git", "-C", str(folder), "rev-parse", "HEAD", "--show-toplevel"])
    if head is None:
        return None
    commit, _, root = head.strip().partition("\n")
    branch = _run(["git", "-C", str(folder), "rev-parse", "--abbrev-ref", "HEAD"]) or ""
    diff = _run(["git", "-C", str(folder), "diff", "--no-ext-diff", "HEAD"]) or ""
    untracked = _run(["git", "-C", root, "ls-files", "--others", "--exclude-standard"]) or ""
    return {
        "commit": commit,
        "branch": branch.strip(),
        "root": root,
        "is_dirty": bool(diff),
        "diff": diff[:MAX_DIFF_CHARS],
        "is_diff_cut": len(diff) > MAX_DIFF_CHARS,
        "untracked": untracked.splitlines()[:1_000],
    }


def describe_python(python: str) -> dict[str, Any]:
    """An interpreter's version and packages; remembered until its packages change."""
    return _describe_python(python, _packages_stamp(python))


def _packages_stamp(python: str) -> tuple[int, ...]:
    folders = Path(python).parent.parent.glob("lib/python*/site-packages")
    return tuple(folder.stat().st_mtime_ns for folder in sorted(folders))


@lru_cache(maxsize=32)
def _describe_python(python: str, _stamp: tuple[int, ...]) -> dict[str, Any]:
    printed = _run([python, "-I", "-c", LIST_PACKAGES])
    if printed is None:
        return {"executable": python, "packages": {}}
    described: dict[str, Any] = json.loads(printed)
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
    printed = _run(["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"])
    return (printed or "").splitlines()


def _run(command: Sequence[str]) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603  an argument list, never a shell
            command,
            capture_output=True,
            timeout=COMMAND_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
