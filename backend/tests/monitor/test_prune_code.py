"""Packed code stays as long as a task may need it."""

import os
import time
from pathlib import Path

from hypertrainer.database import Database
from hypertrainer.hpsearch.places import PlacePlan
from hypertrainer.hpsearch.tables import Search
from hypertrainer.monitor.prune_code import PruneCode
from hypertrainer.tasks.tables import Task

LONG_AGO = time.time() - 7 * 86_400


def archive(folder: Path, digest: str, modified: float = LONG_AGO) -> Path:
    path = folder / f"{digest}.tar.gz"
    path.write_bytes(b"packed")
    os.utime(path, (modified, modified))
    return path


async def test_old_archives_that_no_task_names_are_deleted(
    database: Database, tmp_path: Path
) -> None:
    used, unused, young = (
        archive(tmp_path, "used"),
        archive(tmp_path, "unused"),
        archive(tmp_path, "young", time.time()),
    )
    other = tmp_path / "notes.txt"
    other.write_text("mine")
    os.utime(other, (LONG_AGO, LONG_AGO))
    launch = {"command_template": ["x"], "code": {"digest": "used"}}
    fields = {"name": "t", "script": "s", "platform": "p"}
    async with database.transaction() as session:
        session.add(Task(uuid="1", output_path="/1", launch=launch, **fields))
        session.add(Task(uuid="2", output_path="/2", launch={"code": None}, **fields))
    await PruneCode(database, tmp_path).run_once()
    assert used.exists()
    assert young.exists()
    assert other.exists()
    assert not unused.exists()


async def test_what_a_search_may_still_bring_to_its_platforms_stays(
    database: Database, tmp_path: Path
) -> None:
    used, unused = archive(tmp_path, "used"), archive(tmp_path, "unused")
    places = [
        PlacePlan(platform="here"),
        PlacePlan(platform="there", launch={"code": {"digest": "used"}}),
    ]
    async with database.transaction() as session:
        session.add(
            Search(
                uuid="1",
                name="s",
                algorithm="tpe",
                n_trials=9,
                seed=1,
                script="s",
                platform="there",
                places=[place.model_dump(mode="json") for place in places],
            )
        )
    await PruneCode(database, tmp_path).run_once()
    assert used.exists()
    assert not unused.exists()


async def test_without_a_folder_there_is_nothing_to_do(database: Database, tmp_path: Path) -> None:
    assert await PruneCode(database, tmp_path / "none").run_once() > 0
