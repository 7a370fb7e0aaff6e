"""The folders of deleted tasks go from the platform too, whenever it answers."""

from pathlib import Path

import pytest
from sqlmodel import func, select

from hypertrainer.errors import PlatformError, PlatformUnreachable
from hypertrainer.monitor import remove_folders as removing
from hypertrainer.tasks import actions
from hypertrainer.tasks.deletion import delete_for_good
from hypertrainer.tasks.tables import AbandonedFolder, Task
from tests.monitor.place import MonitoredPlace


async def deleted(place: MonitoredPlace) -> Path:
    """A task that ran, ended and was deleted; its folder there."""
    task_id = await place.running()
    path = (await place.task(task_id)).remote_path
    assert path is not None
    place.platform.finish(await place.key(task_id))
    await place.round()
    await delete(place, task_id)
    return Path(path)


async def delete(place: MonitoredPlace, task_id: int) -> None:
    await place.act(task_id, actions.archive)
    (result,) = await delete_for_good(place.database, [task_id])
    assert result.ok
    assert "as soon as that answers" in result.message


async def num_left(place: MonitoredPlace) -> int:
    async with place.database.reading() as session:
        return (await session.exec(select(func.count()).select_from(AbandonedFolder))).one()


async def test_a_deleted_tasks_folder_is_deleted_there_in_the_next_round(
    place: MonitoredPlace,
) -> None:
    folder = await deleted(place)
    assert folder.is_dir()
    assert await num_left(place) == 1
    await place.round()
    assert (folder.exists(), await num_left(place)) == (False, 0)
    calls = place.platform.calls
    await place.round()
    assert place.platform.calls == calls


async def test_a_folder_waits_until_its_platform_answers(place: MonitoredPlace) -> None:
    folder = await deleted(place)
    place.platform.faults.unreachable_calls = 2
    for _ in range(2):
        with pytest.raises(PlatformUnreachable):
            await place.round()
    assert await num_left(place) == 1
    place.restart()
    await place.round()
    assert not folder.exists()


async def test_a_folder_that_cannot_be_deleted_is_tried_again_every_hour(
    place: MonitoredPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await deleted(place)
    place.platform.faults.cannot_remove = "Permission denied"
    await place.round()
    calls = place.platform.calls
    await place.round()
    assert place.platform.calls == calls
    assert await num_left(place) == 1
    monkeypatch.setattr(removing, "RETRY_SECONDS", 0.0)
    place.restart()
    await place.round()
    place.platform.faults.cannot_remove = ""
    await place.round()
    assert (folder.exists(), await num_left(place)) == (False, 0)


async def test_a_deletion_that_was_cut_off_does_not_fail_the_round(place: MonitoredPlace) -> None:
    await deleted(place)
    place.platform.faults.refusal = PlatformError("It took too long.")
    await place.round()
    assert await num_left(place) == 1


async def test_many_folders_go_in_bounded_parts(
    place: MonitoredPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "MAX_FOLDERS", 2)
    folders = [await deleted(place) for _ in range(3)]
    async with place.database.transaction() as session:
        session.add_all(
            AbandonedFolder(platform="fake", path=str(folders[0].with_name(f"gone{number}")))
            for number in range(4)
        )
    left = []
    while await num_left(place):
        left.append(await num_left(place))
        await place.round()
    assert left == [4 + 1, 3, 1]
    assert not any(folder.exists() for folder in folders)


async def test_what_never_left_this_machine_leaves_nothing_to_delete_there(
    place: MonitoredPlace,
) -> None:
    task_id = await place.add()
    await place.act(task_id, actions.cancel)
    await delete(place, task_id)
    assert await num_left(place) == 0


async def test_a_task_that_is_not_deleted_keeps_its_folder_there(place: MonitoredPlace) -> None:
    task_id = await place.running()
    (result,) = await delete_for_good(place.database, [task_id])
    assert not result.ok
    assert await num_left(place) == 0
    async with place.database.reading() as session:
        assert await session.get(Task, task_id) is not None
