"""Logs that grow while they are fetched: each round brings what its poll saw, and no more."""

from collections.abc import Sequence
from pathlib import Path

from hypertrainer.database import Database
from hypertrainer.platforms.fake_files import FakeFiles
from hypertrainer.platforms.transports.base import ReadRequest, Slice
from tests.monitor.place import monitored_place
from tests.monitor.remote_files import here, write


class GrowingFiles(FakeFiles):
    """Files that are written to between a poll and its read."""

    def read(self, requests: Sequence[ReadRequest]) -> Sequence[Slice]:
        for request in requests:
            with Path(request.path).open("ab") as file:
                file.write(b"more\n")
        return super().read(requests)


async def test_a_task_that_writes_without_end_is_read_once_a_round(
    sqlite_database: Database, tmp_path: Path
) -> None:
    place = monitored_place(sqlite_database, tmp_path, capacity=None, is_remote=True)
    task_id = await place.running()
    place.platform.files = GrowingFiles(place.platform.files.root)
    await write(place, task_id, "out.txt", b"begun\n")
    for number in range(3):
        before = place.platform.calls
        assert await place.round() > 0.0
        assert place.platform.calls - before == 2  # one poll, one read
        copy = (await here(place, task_id) / "out.txt").read_bytes()
        assert copy == b"begun\n" + b"more\n" * number
