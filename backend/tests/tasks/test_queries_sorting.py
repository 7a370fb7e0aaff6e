"""The order of tasks: against a plain Python sort, by both ways of finding a page."""

import random
from typing import Any

import pytest
from sqlalchemy import event

from hypertrainer.database import Database
from hypertrainer.errors import InvalidInput
from hypertrainer.pagination import PageParams
from hypertrainer.tasks.filters import TaskFilters, matching
from hypertrainer.tasks.queries import list_tasks
from hypertrainer.tasks.sorting import Size, parse_sort, sorted_ids
from tests.tasks.rows import add_task, at

NUM_TASKS = 40
SORTS = [
    "",
    "id",
    "-id",
    "name",
    "-name",
    "-created_at",
    "started_at",
    "-started_at,name",
    "duration",
    "-progress",
    "eta,-id",
    "metrics.loss",
    "-metrics.loss.last",
    "metrics.loss.min,name",
    "-metrics.rare",
    "metrics.absent,name",
    "params.lr",
    "-params.lr",
    "params.opt",
    "-params.opt,metrics.loss",
    "params.opt,-name,params.lr",
    "params.absent,-params.lr",
    "status,params.opt,-metrics.loss.max",
]
FILTERS: list[dict[str, Any]] = [
    {},
    {"where": ["params.lr<0.5"]},
    {"where": ["params.opt=adam", "metrics.loss>0.2"]},
    {"archived": "any", "q": "run"},
    {"where": ["name=absent"]},
]


async def _add_tasks(database: Database) -> list[dict[str, Any]]:
    """Tasks with many equal, missing and mixed values; what was written is given back."""
    draw = random.Random(5)
    tasks = []
    for number in range(NUM_TASKS):
        mixed = draw.choice([0.1, 0.2, 0.7, 2, "auto", "zero", None])
        task: dict[str, Any] = {
            "name": f"{draw.choice(['Run', 'run'])}-{draw.randrange(9)}",
            "status": draw.choice(["finished", "crashed"]),
            "created_at": at(draw.randrange(NUM_TASKS)),
            "started_at": draw.choice([None, at(draw.randrange(9))]),
            "ended_at": at(20),
            "progress": draw.choice([None, {"fraction": 0.5, "total_remaining_seconds": number}]),
            "is_archived": draw.random() < 0.2,
            "params": {"lr": mixed, "opt": draw.choice(["adam", "sgd"])},
            "metrics": {"loss": draw.choice([0.1, 0.3, 0.3, None])},
        }
        if number % 9 == 0:
            del task["params"]["lr"]
            task["metrics"]["rare"] = draw.random()
        tasks.append({**task, "id": await add_task(database, **task)})
    return tasks


def _value(task: dict[str, Any], name: str) -> Any:
    kind, _, rest = name.partition(".")
    if kind == "params":
        return task["params"].get(rest)
    if kind == "metrics":
        metric, _, field = rest.partition(".")
        value = task["metrics"].get(metric)
        return None if value is None else value * {"min": 0.5, "max": 2}.get(field, 1)
    if name == "duration":
        return task["started_at"] and (task["ended_at"] - task["started_at"]).total_seconds()
    if name in {"progress", "eta"}:
        key = {"progress": "fraction", "eta": "total_remaining_seconds"}[name]
        return task["progress"] and task["progress"][key]
    return task[name].lower() if name in {"name", "status"} else task[name]


def _expected(tasks: list[dict[str, Any]], sort: str) -> list[int]:
    ordered = sorted(tasks, key=lambda task: -task["id"])
    for key in reversed(sort.split(",") if sort else []):
        name, is_descending = key.removeprefix("-"), key.startswith("-")
        values = {task["id"]: _value(task, name) for task in ordered}
        groups: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
        for task in ordered:
            value = values[task["id"]]
            groups[2 if value is None else isinstance(value, str) and "params" in name].append(task)
        for group in groups[:2]:
            _sort_stably(group, values, is_descending=is_descending)
        ordered = [*groups[0], *groups[1], *groups[2]]
    return [task["id"] for task in ordered]


def _sort_stably(group: list[Any], values: dict[int, Any], *, is_descending: bool) -> None:
    if is_descending:
        group.reverse()
    group.sort(key=lambda task: values[task["id"]])
    if is_descending:
        group.reverse()


def _matching(task: dict[str, Any], filters: dict[str, Any]) -> bool:
    lr, loss = task["params"].get("lr"), task["metrics"]["loss"]
    if task["is_archived"] and filters.get("archived") != "any":
        return False
    conditions = {
        "params.lr<0.5": isinstance(lr, float) and lr < 0.5,
        "params.opt=adam": task["params"]["opt"] == "adam",
        "metrics.loss>0.2": loss is not None and loss > 0.2,
        "name=absent": False,
    }
    return all(conditions[where] for where in filters.get("where", []))


@pytest.mark.parametrize("is_walked", [True, False], ids=["walking", "sorting"])
async def test_every_page_in_every_order_is_as_python_sorts_it(
    database: Database, is_walked: bool
) -> None:
    tasks = await _add_tasks(database)
    size = Size(matching=1_000_000, tasks=1_000_000) if is_walked else Size(1, 1_000_000)
    async with database.reading() as session:
        for filters in FILTERS:
            matches = matching(TaskFilters(**filters))
            for sort in SORTS:
                expected = _expected([task for task in tasks if _matching(task, filters)], sort)
                for offset, limit in ((0, 100), (0, 3), (2, 7), (11, 5), (23, 9), (39, 4)):
                    page = PageParams(offset=offset, limit=limit)
                    ids = await sorted_ids(session, matches, parse_sort(sort), page, size)
                    assert ids == expected[offset : offset + limit], (filters, sort, page)


async def test_a_page_beyond_the_end_is_empty_and_the_total_stands(database: Database) -> None:
    await add_task(database)
    async with database.reading() as session:
        page = PageParams(offset=10**9, limit=1)
        assert await list_tasks(session, TaskFilters(), "-metrics.loss", page) == ([], 1)


async def test_a_page_sorted_by_a_metric_is_read_off_its_index(sqlite_database: Database) -> None:
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen.append((statement, parameters))

    event.listen(sqlite_database.engine.sync_engine, "before_cursor_execute", note)
    matches = matching(TaskFilters(where=["params.lr<0.5"]))
    async with sqlite_database.reading() as session:
        keys, size = parse_sort("-metrics.loss"), Size(matching=50_000, tasks=100_000)
        await sorted_ids(session, matches, keys, PageParams(), size)
        statement, parameters = next(one for one in seen if "ORDER BY" in one[0])
        connection = await session.connection()
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = [row[-1] for row in plan]
    assert "COVERING INDEX ix_metric_summary_last (name=? AND last>?)" in steps[0]
    assert not [step for step in steps if step.startswith("SCAN") or "FOR ORDER BY" in step]


async def test_a_name_with_a_comma_stands_in_backticks(database: Database) -> None:
    first = await add_task(database, "a", params={"x,y": 2})
    second = await add_task(database, "b", params={"x,y": 1})
    async with database.reading() as session:
        tasks, _ = await list_tasks(session, TaskFilters(), "`params.x,y`", PageParams())
    assert [task.id for task in tasks] == [second, first]


@pytest.mark.parametrize(
    ("sort", "told"),
    [
        ("nmae", "did you mean `name`"),
        ("-startedat", "did you mean `started_at`"),
        ("-", "There is no column"),
        ("id,id,id,id,id,id", "5 are the most"),
    ],
)
def test_an_unknown_key_is_refused_and_near_ones_are_named(sort: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told) as raised:
        parse_sort(sort)
    assert raised.value.fields[0].path == "sort"
