"""Whatever a config holds can be stored, found and read, on both databases."""

import random
from typing import Any

import pytest
from sqlmodel import col, select

from hypertrainer.database import Database
from hypertrainer.pagination import PageParams
from hypertrainer.tasks.creation import param_rows
from hypertrainer.tasks.filters import TaskFilters
from hypertrainer.tasks.flat_params import flatten
from hypertrainer.tasks.queries import list_tasks
from hypertrainer.tasks.tables import TaskParam
from tests.tasks.rows import add_task

DRAW = random.Random(3)
# Neither compresses, as a key of an index would have to.
LONG = "".join(chr(DRAW.randrange(0x4E00, 0x9FFF)) for _ in range(5_000))
PARAMS: dict[str, Any] = {
    "long": LONG,
    LONG: 1,
    "nul": "a\0b",
    "a\0b": 1,
    "nan": float("nan"),
    "inf": float("-inf"),
    "huge": 10**400,
    "empty": "",
    "nothing": None,
    "nested": [{"a": [1, None, float("nan")]}],
}


async def _add(database: Database) -> int:
    task_id = await add_task(database)
    async with database.transaction() as session:
        session.add_all(param_rows(task_id, flatten(PARAMS)))
    return task_id


async def test_every_value_can_be_stored(database: Database) -> None:
    await _add(database)
    async with database.reading() as session:
        rows = (await session.exec(select(TaskParam).order_by(col(TaskParam.path)))).all()
    stored = {row.path: (row.number, row.text) for row in rows}
    assert stored["nan"] == (None, "nan")
    assert stored["inf"] == (None, "-inf")
    assert stored["nothing"] == (None, None)
    assert stored["empty"] == (None, "")
    assert stored["huge"][0] is None
    assert stored["nested.0.a"] == (None, "[1, None, 'nan']")
    assert LONG.startswith(stored["long"][1] or "no")
    assert "\0" not in (stored["nul"][1] or "")


@pytest.mark.parametrize(
    ("where", "is_found"),
    [
        ("params.nan=nan", True),
        ("params.inf=-inf", True),
        ("params.inf<0", False),
        (f"params.long~{LONG[:50]}", True),
        ("params.empty=", True),
        ("params.nothing~", False),
    ],
)
async def test_odd_values_are_found(database: Database, where: str, is_found: bool) -> None:
    task_id = await _add(database)
    async with database.reading() as session:
        filters = TaskFilters(where=[where])
        tasks, _ = await list_tasks(session, filters, "params.nan,-params.inf", PageParams())
    assert [task.id for task in tasks] == ([task_id] if is_found else [])
