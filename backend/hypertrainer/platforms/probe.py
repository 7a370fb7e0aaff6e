"""The one command by which a place is checked, and how its answer is read: pure."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from hypertrainer.platforms.gpus import GPU_LOADS
from hypertrainer.platforms.transports.base import ExecResult

MAX_SETUP_BYTES = 65_536
LAST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Wishes:
    """What jobs will need of a place.

    `is_direct`: they are processes of that very machine, not of a queue's nodes. `is_remote`: it is
    another machine than the server's. `brings_code`: their code is unpacked there.
    """

    output: str
    python: str
    setup: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    is_direct: bool = True
    is_remote: bool = False
    brings_code: bool = False


@dataclass(frozen=True, slots=True)
class SetupRun:
    """What became of the setup lines. `failed` is the first that did not work, `how` in words.

    `python` is the interpreter's path after them, empty where there is none.
    """

    is_ready: bool = False
    failed: int | None = None
    how: str = ""
    said: str = ""
    python: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a probe was told: of each section its text, and which came to their ends.

    `at` and `until` are the times there, in seconds since 1970, when it began and ended.
    """

    sections: Mapping[str, str]
    whole: frozenset[str]
    at: float | None = None
    until: float | None = None

    def told(self, section: str) -> Mapping[str, str]:
        """The lines `ht NAME VALUE` of a section; of several of one name, the first."""
        found: dict[str, str] = {}
        for line in self.sections.get(section, "").splitlines():
            mark, _, rest = line.partition(" ")
            name, _, value = rest.partition(" ")
            if mark == "ht" and name and not found.get(name):
                found[name] = value.strip()
        return found


def is_driver_silent(answer: Answer) -> bool:
    """Whether there is an `nvidia-smi`, and it did not answer: nothing follows about GPUs."""
    is_there = bool(answer.told("machine").get("nvidia-smi"))
    said = answer.sections.get("gpus", "").strip()
    return "gpus" not in answer.whole or (is_there and not said)


def probe_script(wishes: Wishes, queue: str, mark: str) -> str:
    """Asks a place about itself.

    Args:
        wishes: what jobs will need.
        queue: the scheduler's own questions; empty: none.
        mark: a word that nothing else there says.
    """
    sections = _sections(wishes, queue)
    exports = [f"{name}={value}" for name, value in wishes.environment.items()]
    opened = [
        f"exec {{ht_{name}}}< <(exec < /dev/null 2> /dev/null\n{question}\nht_end)"
        for name, question in sections.items()
    ]
    return "\n".join(
        [
            f"ht_mark={mark} ht_folder={shlex.quote(wishes.output)}",
            f"ht_python={shlex.quote(wishes.python)}",
            f"ht_setup=({_words(wishes.setup)}) ht_exports=({_words(exports)})",
            _functions(),
            *opened,
            *(f'ht_tell {name} "$ht_{name}"' for name in sections),
            'printf \'%s until %s\\n\' "$ht_mark" "$(ht_now)"',
        ]
    )


def _sections(wishes: Wishes, queue: str) -> Mapping[str, str]:
    """What is asked, in bash, by the names that the answer has it under."""
    return {
        "machine": "ht_about_machine",
        "folder": "ht_about_folder",
        "setup": f"ht_about_setup | tail -c {MAX_SETUP_BYTES}",
        "gpus": GPU_LOADS,
        **({"login": "ht_about_login"} if wishes.is_direct and wishes.is_remote else {}),
        **({"queue": f"(\n{queue}\n)"} if queue else {}),
    }


def read_answer(result: ExecResult, mark: str) -> Answer:
    """The answer to `probe_script` with the same mark."""
    sections: dict[str, list[str]] = {}
    whole, times, name = set(), {"at": "", "until": ""}, ""
    for line in result.output.splitlines():
        word = line.removeprefix(f"{mark} ") if line.startswith(f"{mark} ") else ""
        key, _, value = word.partition(" ")
        if key in times:
            times[key] = value
        elif word == "whole":
            whole.add(name)
        elif word in ("machine", "folder", "setup", "gpus", "login", "queue"):
            name = word
            sections[name] = []
        elif name:
            sections[name].append(line)
    texts = {name: "\n".join(lines) for name, lines in sections.items()}
    return Answer(texts, frozenset(whole), _seconds(times["at"]), _seconds(times["until"]))


def read_setup(answer: Answer, mark: str) -> SetupRun:
    """What the setup lines did, and the Python that was found after them."""
    number, how, said, told = None, "", [], {}
    for line in answer.sections.get("setup", "").splitlines():
        word, _, value = line.removeprefix(f"{mark} ").partition(" ")
        if not line.startswith(f"{mark} "):
            said.append(line)
        elif word == "line":
            number, said = int(value), []
        else:
            told[word] = value.strip()
    if "ready" in told:
        return SetupRun(is_ready=True, python=told["ready"], version=told.get("version", ""))
    how = "ended the shell"
    if "failed" in told:
        how = f"failed with exit code {told['failed']}"
    elif "late" in told or "setup" not in answer.whole:
        how = "did not end in time"
    return SetupRun(failed=number, how=how, said=_last_words(said))


def _last_words(lines: Sequence[str]) -> str:
    words = " ".join(" ".join(lines).split())
    return words if len(words) <= LAST_WORDS else f"…{words[-LAST_WORDS:]}"


def _seconds(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d+\.\d+", text) else None


def _words(values: Sequence[str]) -> str:
    return " ".join(shlex.quote(value) for value in values)


@cache
def _functions() -> str:
    return Path(__file__).with_suffix(".sh").read_text()
