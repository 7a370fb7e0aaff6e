"""Environments of their own for the trackers that are compared with, made at first use."""

import subprocess
import sys
import venv
from pathlib import Path

from machine import cache_folder, installed

REQUIREMENTS = {
    "ray": "ray[tune]==2.60.0",
    "syne-tune": "syne-tune==0.16.0",
}


def python_of(tracker: str) -> Path:
    """The Python with this tracker and with the same scikit-learn as here.

    Raises:
        subprocess.CalledProcessError: it could not be installed.
    """
    folder = cache_folder() / f"{tracker}-{REQUIREMENTS[tracker].partition('==')[2]}"
    python, done = folder / "bin" / "python", folder / "done"
    if not done.exists():
        print(f"Installing {REQUIREMENTS[tracker]} into {folder} …", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        same = [f"{name}=={installed(name)}" for name in ("scikit-learn", "numpy", "scipy")]
        command = [str(python), "-m", "pip", "install", "--quiet", REQUIREMENTS[tracker], *same]
        subprocess.run(command, check=True, stdout=sys.stderr)
        done.touch()
    return python
