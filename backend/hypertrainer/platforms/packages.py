"""Asks an interpreter for its version and packages."""

import shlex
from collections.abc import Mapping, Sequence

from hypertrainer.platforms.transports.base import ExecResult

PROGRAM = """
import platform
from importlib.metadata import distributions
print("ht python", platform.python_version())
for one in distributions():
    print("ht package", one.metadata["Name"], one.version)
"""


def packages_script(python: str, setup: Sequence[str]) -> str:
    """Runs the interpreter after the setup lines, whose own output does not matter."""
    lines = [f"{{ {line}\n}} > /dev/null 2>&1 < /dev/null" for line in setup]
    return "\n".join([*lines, f"{shlex.quote(python)} -c {shlex.quote(PROGRAM)} < /dev/null"])


def parse_packages(result: ExecResult) -> Mapping[str, str] | None:
    """Versions by package, the interpreter's own under `python`; None: it did not answer."""
    told = [line.split(" ") for line in result.output.splitlines() if line.startswith("ht ")]
    versions = {parts[2]: parts[3] for parts in told if parts[1] == "package" and len(parts) == 4}
    python = next((parts[2] for parts in told if parts[1] == "python" and len(parts) == 3), None)
    return None if python is None else {"python": python, **dict(sorted(versions.items()))}
