"""Lists of tasks on real databases: what is found, and as what."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from hypertrainer.database import Database
from hypertrainer.errors import NotFound
from hypertrainer.tasks.filters import TaskFilters
from hypertrainer.tasks.queries import (
    count_by_status,
    get_task_read,
    list_columns,
    list_projects,
    list_tags,
    read_tasks,
    select_ids,
)
from hypertrainer.tasks.statuses import AttemptState, TaskStatus
from hypertrainer.tasks.tables import Attempt
from tests.tasks.rows import add_task, at, names


@contextmanager
def counted_statements(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def test_a_task_is_read_with_all_that_belongs_to_it(database: Database) -> None:
    task_id = await add_task(
        database,
        params={"training.lr": 0.1, "layers": [1, 2]},
        metrics={"loss": 0.5, "accuracy": None},
        tags=("best", "a"),
        attempts=2,
        progress={"epoch": 3, "fraction": 0.25, "of_a_later_version": 1},
        created_at=at(0),
    )
    async with database.reading() as session:
        task = await get_task_read(session, task_id)
    assert (task.id, task.tags, task.num_attempts) == (task_id, ["a", "best"], 2)
    assert task.params == {"training.lr": 0.1, "layers": [1, 2]}
    assert (task.metrics["loss"].last, task.metrics["loss"].min) == (0.5, 0.25)
    assert (task.metrics["accuracy"].last, task.metrics["accuracy"].count) == (None, 3)
    assert task.progress is not None
    assert (task.progress.epoch, task.progress.fraction, task.progress.phase) == (3, 0.25, None)
    assert task.created_at == at(0)
    assert not task.is_stopping


async def test_a_task_that_is_not_there_is_told(database: Database) -> None:
    async with database.reading() as session:
        with pytest.raises(NotFound, match="#77"):
            await get_task_read(session, 77)


async def test_a_hundred_tasks_are_read_in_four_queries(database: Database) -> None:
    ids = [await add_task(database, tags=("t",), metrics={"loss": 1.0}) for _ in range(100)]
    async with database.reading() as session:
        with counted_statements(database) as statements:
            tasks = await read_tasks(session, [*reversed(ids), 999])
    assert [task.id for task in tasks] == list(reversed(ids))
    assert len(statements) == 4


async def test_a_task_is_stopping_while_its_latest_attempt_was_asked_to(database: Database) -> None:
    task_id = await add_task(database, attempts=1)

    async def is_stopping(number: int, state: AttemptState) -> bool:
        async with database.transaction() as session:
            attempt = Attempt(task_id=task_id, number=number, key=f"k{number}", state=state)
            attempt.stop_requested_at = at(1)
            session.add(attempt)
        async with database.reading() as session:
            return (await get_task_read(session, task_id)).is_stopping

    assert await is_stopping(2, AttemptState.RUNNING)
    assert not await is_stopping(3, AttemptState.ENDED)


async def test_one_filter_repeated_widens_and_different_ones_narrow(database: Database) -> None:
    for status, project in itertools.product(("running", "crashed", "lost"), ("a", "b", "")):
        await add_task(database, f"{status}-{project}", status=status, project=project)
    both: dict[str, Any] = {"status": ["running", "lost"], "project": ["a", ""]}
    assert await names(database, **both) == ["running-a", "running-", "lost-a", "lost-"]


async def test_archived_tasks_have_their_own_view(database: Database) -> None:
    await add_task(database, "shown")
    await add_task(database, "archived", is_archived=True)
    assert await names(database) == ["shown"]
    assert await names(database, archived=True) == ["archived"]
    assert await names(database, archived="any") == ["shown", "archived"]


async def test_tags_searches_platforms_and_ids_filter(database: Database) -> None:
    await add_task(database, "a", tags=("x", "y"), search_id=1, platform="local")
    await add_task(database, "b", tags=("y",), search_id=2, platform="beluga")
    last = await add_task(database, "c")
    assert await names(database, tag=["x", "z"]) == ["a"]
    assert await names(database, tag=["x", "y"]) == ["a", "b"]
    assert await names(database, search_id=[2]) == ["b"]
    assert await names(database, platform=["beluga"]) == ["b"]
    assert await names(database, ids=[last, 999]) == ["c"]


async def test_a_search_looks_into_every_text(database: Database) -> None:
    await add_task(database, "ResNet-50", notes="two words")
    await add_task(database, "b", tags=("resnet-tag",), script="fit.py", config="c/resnets.yaml")
    third = await add_task(database, "c", host="gpu1", reason="100% done_", project="vision")
    assert await names(database, q="resnet") == ["ResNet-50", "b"]
    assert await names(database, q="resnet WORDS") == ["ResNet-50"]
    assert await names(database, q="fit.py") == ["b"]
    assert await names(database, q="resnets.y") == ["b"]
    assert await names(database, q="gpu1 vision") == ["c"]
    assert await names(database, q="100%") == ["c"]
    assert await names(database, q="e_") == ["c"]
    assert await names(database, q=f"#{third}") == ["c"]
    assert await names(database, q="#99999999999999999999") == []
    assert await names(database, q="#x") == []
    assert await names(database, q="  ") == ["ResNet-50", "b", "c"]


async def test_odd_texts_are_safe_everywhere(database: Database) -> None:
    await add_task(database, "x'; DROP TABLE task;--", params={"a b.'c": "%_\\"})
    assert await names(database, q="'; DROP") == ["x'; DROP TABLE task;--"]
    assert len(await names(database, where=["`params.a b.'c`~%_\\"])) == 1
    assert await names(database, where=["`params.a b.'c`~x_"]) == []
    assert await names(database, sort="`params.a b.'c`,-metrics.\"x") != []
    with pytest.raises(ValueError, match="NUL"):
        TaskFilters(q="\0")


async def test_statuses_are_counted_in_a_filter(database: Database) -> None:
    for status in ("running", "running", "lost"):
        await add_task(database, status=status, project="a")
    await add_task(database, status="running")
    async with database.reading() as session:
        counts = await count_by_status(session, TaskFilters(project=["a"]))
    assert [(count.status, count.num_tasks) for count in counts] == [
        (TaskStatus.RUNNING, 2),
        (TaskStatus.LOST, 1),
    ]


async def test_ids_of_a_filter_come_newest_first(database: Database) -> None:
    ids = [await add_task(database, name) for name in ("a", "b", "a")]
    async with database.reading() as session:
        assert await select_ids(session, TaskFilters(where=["name=a"])) == [ids[2], ids[0]]


async def test_projects_and_tags_are_counted_without_the_archived(database: Database) -> None:
    await add_task(database, project="b", tags=("t", "U"), status="running", created_at=at(1))
    await add_task(database, project="b", tags=("t",), status="finished", created_at=at(2))
    await add_task(database, project="A", tags=("t",), is_archived=True, status="finished")
    await add_task(database)
    async with database.reading() as session:
        projects, tags = await list_projects(session), await list_tags(session)
    assert [(one.name, one.num_tasks, one.num_active) for one in projects] == [
        ("A", 0, 0),
        ("b", 2, 1),
    ]
    assert projects[1].last_created_at == at(2)
    assert [(one.tag, one.num_tasks) for one in tags] == [("t", 2), ("U", 1)]


async def test_the_catalogue_names_every_parameter_and_metric(database: Database) -> None:
    await add_task(database, "a", params={"lr": 1, "seed": 1}, metrics={"loss": 1})
    await add_task(database, "b", params={"lr": 2}, metrics={"loss": 1, "acc": 1})
    await add_task(database, "c", params={"old": 2}, is_archived=True)

    async def columns(q: str = "", **filters: Any) -> list[tuple[str, str, int]]:
        async with database.reading() as session:
            found = await list_columns(session, q, TaskFilters(**filters))
        return [(one.kind, one.name, one.num_tasks) for one in found]

    assert await columns() == [
        ("param", "lr", 2),
        ("param", "old", 1),
        ("param", "seed", 1),
        ("metric", "loss", 2),
        ("metric", "acc", 1),
    ]
    assert await columns(where=["name=b"]) == [
        ("param", "lr", 1),
        ("metric", "acc", 1),
        ("metric", "loss", 1),
    ]
    assert await columns("L", archived="any") == [
        ("param", "lr", 2),
        ("param", "old", 1),
        ("metric", "loss", 2),
    ]
