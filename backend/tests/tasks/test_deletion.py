"""Tasks that are archived, and deleted with their folders."""

from pathlib import Path

from sqlmodel import func, select

from hypertrainer.tasks.tables import Attempt, Task
from tests.api import Api
from tests.tasks.ended_tasks import archived, ended


async def test_archived_tasks_leave_the_list_and_come_back(api: Api) -> None:
    task_id = await archived(api)
    assert (await api.get("/tasks"))["total"] == 0
    assert (await api.get("/tasks", archived=True))["total"] == 1
    await api.act("unarchive", task_id)
    assert (await api.get("/tasks"))["total"] == 1


async def test_an_active_task_is_not_archived(api: Api) -> None:
    task_id = (await api.task())["id"]
    (result,) = await api.act("archive", task_id)
    assert (result["ok"], result["code"]) == (False, "conflict")
    assert not (await api.read(task_id))["is_archived"]


async def test_only_archived_tasks_are_deleted(api: Api) -> None:
    task_id = await ended(api)
    (result,) = await api.act("delete", task_id)
    assert (result["ok"], result["code"]) == (False, "conflict")
    assert "archived" in result["message"]
    assert Path((await api.read(task_id))["output_path"]).is_dir()


async def test_a_deleted_task_takes_its_folder_and_all_its_rows_with_it(api: Api) -> None:
    task_id = await archived(api)
    await api.act("tag", task_id, add=["a"])
    folder = Path((await api.read(task_id))["output_path"])
    (folder / "checkpoints").mkdir()
    (folder / "checkpoints" / "last.pt").write_bytes(b"x")
    (result,) = await api.act("delete", task_id)
    assert result["ok"]
    assert not folder.exists()
    assert (await api.client.get(f"/tasks/{task_id}")).status_code == 404
    async with api.database.reading() as session:
        assert (await session.exec(select(func.count()).select_from(Attempt))).one() == 0
    assert (await api.get("/tags"))["items"] == []


async def test_a_task_whose_folder_is_gone_already_can_be_deleted(api: Api) -> None:
    task_id = await archived(api)
    folder = Path((await api.read(task_id))["output_path"])
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
    (result,) = await api.act("delete", task_id)
    assert result["ok"]


async def test_only_a_folder_that_names_the_task_is_removed(api: Api, tmp_path: Path) -> None:
    precious = tmp_path / "thesis"
    precious.mkdir()
    (precious / "chapter1.tex").write_text("Once upon a time")
    task_id, other = await archived(api), await archived(api)
    other_folder = (await api.read(other))["output_path"]
    for elsewhere in (str(precious), other_folder):
        async with api.database.transaction() as session:
            task = await session.get(Task, task_id)
            assert task is not None
            task.output_path = elsewhere
            session.add(task)
        (result,) = await api.act("delete", task_id)
        assert (result["ok"], result["code"]) == (False, "conflict")
        assert elsewhere in result["message"]
        assert "was left" in result["message"]
    assert (precious / "chapter1.tex").exists()
    assert (Path(other_folder) / "config.yaml").exists()
    assert (await api.read(task_id))["id"] == task_id


async def test_a_link_in_a_tasks_folder_is_removed_and_what_it_points_to_is_not(
    api: Api, tmp_path: Path
) -> None:
    data = tmp_path / "dataset"
    data.mkdir()
    (data / "images").write_text("many")
    task_id = await archived(api)
    folder = Path((await api.read(task_id))["output_path"])
    (folder / "data").symlink_to(data)
    await api.act("delete", task_id)
    assert not folder.exists()
    assert (data / "images").exists()


async def test_an_id_is_never_used_again(api: Api) -> None:
    task_id = await archived(api)
    await api.act("delete", task_id)
    assert (await api.task())["id"] > task_id
