"""What a remote task wrote there, and what of it is here."""

from pathlib import Path

from tests.monitor.place import MonitoredPlace


async def here(place: MonitoredPlace, task_id: int) -> Path:
    return Path((await place.task(task_id)).output_path)


async def there(place: MonitoredPlace, task_id: int) -> Path:
    path = (await place.task(task_id)).remote_path
    assert path is not None
    return Path(path)


async def assert_same(place: MonitoredPlace, task_id: int, *names: str) -> None:
    copies, files = await here(place, task_id), await there(place, task_id)
    for name in names:
        assert (copies / name).read_bytes() == (files / name).read_bytes(), name


async def write(place: MonitoredPlace, task_id: int, name: str, data: bytes) -> None:
    with (await there(place, task_id) / name).open("ab") as file:
        file.write(data)


async def finish(place: MonitoredPlace, task_id: int, code: int = 0) -> None:
    attempt = await place.attempt(task_id)
    place.platform.finish(attempt.key, code, attempt=attempt.number)
