"""A scheduler for tests: the commands of Slurm, PBS Pro, Torque, SGE and LSF over real processes.

`install` puts the commands of one flavour into a folder to be named first on PATH. Texts and exit
codes are those of the real commands, as far as their manuals and sources tell; what a queue does to
a job (environment, signals at a cancel or at the time limit, purge) happens to real processes.
"""

import shlex
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from tests.labs import fakesched_lsf, fakesched_pbs, fakesched_sge, fakesched_slurm
from tests.labs.fakesched_runner import Runner
from tests.labs.fakesched_state import Job, Store

Command = Callable[[Store, Sequence[str]], int]
LANGUAGES: Mapping[str, Mapping[str, Command]] = {
    "slurm": fakesched_slurm.COMMANDS,
    "pbs": fakesched_pbs.PRO_COMMANDS,
    "torque": fakesched_pbs.TORQUE_COMMANDS,
    "sge": fakesched_sge.COMMANDS,
    "lsf": fakesched_lsf.COMMANDS,
}
UNREACHABLE: Mapping[str, tuple[str, int]] = {
    "slurm": ("{0}: error: Unable to contact slurm controller (connect failure)", 1),
    "pbs": ("Connection refused\n{0}: cannot connect to server fake (errno=15010)", 162),
    "torque": (
        "Unable to communicate with fake(127.0.0.1)\nCannot connect to specified server "
        "host 'fake'.\n{0}: cannot connect to server fake (errno=111) Connection refused",
        111,
    ),
    "sge": (
        "error: commlib error: got select error (Connection refused)\nERROR: unable to "
        'contact qmaster using port 6444 on host "fake"',
        1,
    ),
    "lsf": ("LSF is down. Please wait ...", 255),
}
NOISE = "*** Welcome to the fake cluster. Maintenance on Tuesday. ***"
START = """#!/bin/sh
exec {python} -SsE -c '
import sys
sys.path.insert(0, sys.argv[1])
from tests.labs.fakesched import main
sys.exit(main(*sys.argv[2:5], sys.argv[5:]))' {values} "$@"
"""


def install(folder: Path, home: Path, flavour: str) -> None:
    """Put one flavour's commands into a folder; their jobs are kept in `home`."""
    folder.mkdir(parents=True, exist_ok=True)
    backend = str(Path(__file__).parents[2])
    python = shlex.quote(sys.executable)
    for name in LANGUAGES[flavour]:
        values = shlex.join([backend, str(home), flavour, name])
        command = folder / name
        command.write_text(START.format(python=python, values=values))
        command.chmod(0o755)


def main(home: str, flavour: str, name: str, arguments: Sequence[str]) -> int:
    """One call of one command."""
    store = Store(Path(home), partial(_supervise, flavour))
    with store.locked():
        settings = store.settings
        fails = store.fails(name)
    with (store.home / "calls.log").open("a") as log:
        log.write(shlex.join([name, *arguments]) + "\n")
    time.sleep(settings.hang.get(name, settings.hang.get("*", 0.0)))
    if settings.is_noisy:
        print(NOISE, flush=True)
        print(NOISE, file=sys.stderr, flush=True)
    if fails:
        words, code = UNREACHABLE[flavour]
        print(words.format(name), file=sys.stderr)
        return code
    return LANGUAGES[flavour][name](store, arguments)


def _supervise(flavour: str, store: Store, job: Job) -> None:
    Runner(store, job, flavour).run()
