"""A search's own folder: what it is in `search.json`, its facts and its trials, one a line.

It lies in `.searches` under the output folder. Together with the folders of its tasks it is all
that is needed to make the search anew. Of a trial's lines the last one counts.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from hypertrainer.tasks.folder import folder_name, write_whole
from hypertrainer.tasks.task_record import Moment, Text

FOLDER = ".searches"
RECORD = "search.json"
FACTS = "facts.jsonl"
TRIALS = "trials.jsonl"
LineT = TypeVar("LineT", bound=BaseModel)


class SearchFolderRecord(BaseModel):
    """`search.json`: the search's row, but for what its facts and tasks tell."""

    model_config = ConfigDict(extra="ignore")

    id: int
    uuid: Text
    name: Text
    stem: Text = ""
    algorithm: Text
    n_trials: int
    seed: int
    status: Text
    reason: Text = ""
    script: Text
    platform: Text
    project: Text = ""
    notes: Text = ""
    tags: list[Text] = []
    spec: dict[str, Any]
    places: list[dict[str, Any]] = []
    config_text: Text
    optuna_version: Text = ""
    changes: int = 0
    is_closed: bool = False
    epochs: int = 0
    cost: float = 0.0
    best_value: float | None = None
    best_number: int | None = None
    paused_at: Moment | None = None
    paused_seconds: float = 0.0
    is_archived: bool = False
    created_at: Moment
    ended_at: Moment | None = None


class FactLine(BaseModel):
    """A line of `facts.jsonl`: a row of `search_fact`."""

    model_config = ConfigDict(extra="ignore")

    seq: int
    kind: Text
    number: int | None = None
    epoch: int | None = None
    value: float | None = None
    data: dict[str, Any] = {}
    created_at: Moment


class TaskLine(BaseModel):
    """What a trial's line says of one of its tasks."""

    model_config = ConfigDict(extra="ignore")

    repeat: int
    retries: int
    values: list[float] | None


class TrialLine(BaseModel):
    """A line of `trials.jsonl`: a row of `trial`, but for its ids, and what its tasks came to."""

    model_config = ConfigDict(extra="ignore")

    number: int
    params: dict[str, Any]
    state: Text
    origin: Text
    platform: Text
    bracket: int
    objectives: list[float] | None
    constraints: dict[str, float]
    reason: Text
    last_value: float | None
    epochs: int
    cost: float
    changed_seq: int
    created_at: Moment
    started_at: Moment | None
    ended_at: Moment | None
    tasks: list[TaskLine] = []


def find_search_folder(output: Path, uuid: str) -> Path | None:
    """The folder that a search has, whatever it was called then. Blocks."""
    for folder in sorted((output / FOLDER).glob(f"*-{uuid[:8]}")):
        record = read_search_record(folder)
        if record is not None and record.uuid == uuid:
            return folder
    return None


def new_search_folder(output: Path, name: str, uuid: str) -> Path:
    """Where a search that has no folder yet gets one."""
    return output / FOLDER / folder_name(name, uuid)


def remove_search_folder(output: Path, uuid: str) -> None:
    """Remove a search's folder, if it has one. Blocks."""
    folder = find_search_folder(output, uuid)
    if folder is not None and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)


def list_search_folders(root: Path) -> list[Path]:
    """The folders of searches under an output folder. Blocks."""
    folders = root / FOLDER
    return sorted(path.parent for path in folders.glob(f"*/{RECORD}") if not path.is_symlink())


def read_search_record(folder: Path) -> SearchFolderRecord | None:
    """What a search's folder says it is; None where that cannot be read."""
    try:
        text = (folder / RECORD).read_text("utf-8")
        return SearchFolderRecord.model_validate_json(text)
    except (OSError, ValueError):
        return None


def write_search_record(folder: Path, record: SearchFolderRecord) -> None:
    """Replace `search.json` as a whole; makes the folder where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / RECORD, record.model_dump_json(indent=1))


def read_facts(folder: Path) -> list[FactLine]:
    """The facts in their order, up to the first line that is torn or does not follow. Blocks."""
    facts: list[FactLine] = []
    for fact in _lines(folder / FACTS, FactLine):
        if fact.seq != len(facts) + 1:
            break
        facts.append(fact)
    return facts


def read_trials(folder: Path) -> tuple[dict[int, TrialLine], int]:
    """The trials' rows by number, up to the first line that is torn; how many lines. Blocks."""
    lines = list(_lines(folder / TRIALS, TrialLine))
    return {line.number: line for line in lines}, len(lines)


def _lines(path: Path, kind: type[LineT]) -> Iterator[LineT]:
    try:
        text = path.read_bytes()
    except OSError:
        return
    for line in text.splitlines(keepends=True):
        if not line.endswith(b"\n"):
            return
        try:
            yield kind.model_validate_json(line)
        except ValidationError:
            return


def append_lines(path: Path, lines: Sequence[BaseModel], size: int) -> int:
    """Write lines behind the first `size` bytes, whatever a crash left there; the size after.

    Raises:
        OSError: they cannot be written.
    """
    written = "".join(f"{line.model_dump_json()}\n" for line in lines).encode()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o644), "wb") as file:
        file.truncate(size)
        file.seek(size)
        file.write(written)
    return size + len(written)


def whole_size(path: Path, count: int) -> int:
    """How many bytes the first so many lines are. Blocks."""
    if not path.is_file():
        return 0
    with path.open("rb") as file:
        return sum(len(line) for line in islice(file, count))
