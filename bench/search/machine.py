"""What a benchmark ran on, and what it may keep between runs."""

import os
import platform
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

BENCH = Path(__file__).parents[1]
# `place` is shared with the other benchmarks, and the simulation with the tests.
sys.path[:0] = [str(BENCH), str(BENCH.parent / "backend")]


def cache_folder() -> Path:
    """Where downloads and trained curves are kept: `$HYPERTRAINER_BENCH_CACHE`, or the user's."""
    user = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(os.environ.get("HYPERTRAINER_BENCH_CACHE") or user / "hypertrainer-bench")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def print_machine(packages: Iterable[str], **settings: object) -> None:
    """One line each: the machine, the versions, and the settings that the figures depend on."""
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()}")
    print(", ".join(f"{name} {installed(name)}" for name in packages))
    print(", ".join(f"{name} {value}" for name, value in settings.items()))
    print()


def installed(name: str) -> str:
    """A package's version, or that it is missing."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
