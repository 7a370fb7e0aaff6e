"""Reads command lines as batch systems' commands do, where `-long` options have one dash."""

import os
import shlex
import signal
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path


class Options:
    """The options and the other words of one command line."""

    def __init__(self, words: Sequence[str], valued: Collection[str]) -> None:
        """Read them; `valued` are the options that take the next word (or `--option=word`)."""
        self.values: Mapping[str, list[str]]
        self.rest: list[str] = []
        found: dict[str, list[str]] = defaultdict(list)
        left = list(words)
        while left:
            word = left.pop(0)
            name, equals, value = word.partition("=")
            if word == "--":
                self.rest += left
                break
            if word in valued:
                found[word].append(left.pop(0) if left else "")
            elif equals and name in valued:
                found[name].append(value)
            elif word[:2] in valued and len(word) > 2 and not word.startswith("--"):
                found[word[:2]].append(word[2:])
            elif word.startswith("-") and len(word) > 1:
                found[name].append(value)
            else:
                self.rest.append(word)
        self.values = found

    def __contains__(self, name: str) -> bool:
        return bool(self.values.get(name))

    def last(self, *names: str, default: str = "") -> str:
        """The last value of an option, by any of its names."""
        found = [self.values[name][-1] for name in names if self.values.get(name)]
        return found[-1] if found else default


def directives(text: str, prefix: str) -> list[str]:
    """The words of a script's lines that begin with `#SBATCH`, `#PBS`, `#$` or `#BSUB`."""
    words: list[str] = []
    for line in text.splitlines():
        if line.startswith(prefix):
            words += shlex.split(line.removeprefix(prefix), comments=True)
    return words


def script_text(paths: Sequence[str], stdin: str) -> str:
    """The script that was handed over: a file's, or the standard input's."""
    return Path(paths[0]).read_text() if paths else stdin


def seconds(text: str) -> float | None:
    """A time limit: minutes, `M:S`, `H:M:S`, `D-H:M:S` or `D-H`; None: unlimited."""
    if not text or text in ("UNLIMITED", "INFINITE"):
        return None
    days, dash, clock = text.rpartition("-")
    parts = [float(part) for part in clock.split(":")]
    if dash:
        parts += [0.0] * (3 - len(parts))
    elif len(parts) == 1:
        return parts[0] * 60
    total = 0.0
    for part in parts:
        total = total * 60 + part
    return total + 86_400 * float(days or 0)


def bare_environment(added: str = "") -> dict[str, str]:
    """What a job's shell gets where the submitter's environment is not taken along.

    `added` is the value of `-v`: `NAME=value,NAME` with the submitter's own value for the latter.
    """
    environment = {
        name: os.environ[name] for name in ("HOME", "USER", "LOGNAME", "TZ") if name in os.environ
    }
    environment["PATH"] = "/usr/local/bin:/usr/bin:/bin"
    for pair in filter(None, added.split(",")):
        name, equals, value = pair.partition("=")
        environment[name] = value if equals else os.environ.get(name, "")
    return environment


def signal_number(name: str) -> int:
    """The number of `USR1`, `SIGUSR1` or `10`."""
    if name.isdecimal():
        return int(name)
    return int(signal.Signals[f"SIG{name.removeprefix('SIG')}"])
