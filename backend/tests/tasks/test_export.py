"""Exporting the task table."""

import csv
import io
import json
from datetime import UTC, datetime

import polars as pl
import pytest
from ruamel.yaml import YAML

from hypertrainer.database import Database
from hypertrainer.tasks.creation import param_rows
from hypertrainer.tasks.export import BATCH, ExportFormat, export_tasks
from hypertrainer.tasks.filters import TaskFilters
from hypertrainer.tasks.tables import Attempt, MetricSummary, Task

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


async def add(database: Database, number: int, params: dict[str, object], **more: object) -> None:
    async with database.transaction() as session:
        task = Task(
            uuid=f"uuid-{number}",
            name=f"task {number}",
            script="s.py",
            platform="local",
            output_path=f"/out/{number}",
            params=params,
            created_at=NOW,
            **more,
        )
        session.add(task)
        await session.flush()
        assert task.id is not None
        session.add(Attempt(task_id=task.id, number=1, key=f"h{number}"))
        session.add_all(param_rows(task.id, params))
        summary = MetricSummary(task_id=task.id, name="loss", last=0.5, min=0.25, max=float(number))
        session.add(summary)


async def exported(database: Database, kind: ExportFormat, **filters: object) -> bytes:
    _, name, chunks = await export_tasks(database, TaskFilters(**filters), kind)
    assert name.endswith(kind)
    return b"".join([chunk async for chunk in chunks])


async def test_csv_has_every_parameter_and_each_metrics_last_min_and_max(database: Database):
    await add(database, 1, {"training.lr": 0.1}, notes='a, "quoted"\nline')
    await add(database, 2, {"model": "big", "training.lr": 1})
    rows = list(csv.DictReader(io.StringIO((await exported(database, "csv")).decode())))
    assert [row["id"] for row in rows] == ["2", "1"]
    assert rows[1]["params.training.lr"] == "0.1"
    assert rows[1]["params.model"] == ""
    assert rows[1]["notes"] == 'a, "quoted"\nline'
    measured = [rows[0][f"metrics.loss.{measure}"] for measure in ("last", "min", "max")]
    assert measured == ["0.5", "0.25", "2.0"]


async def test_json_and_yaml_tell_the_same(database: Database):
    await add(database, 1, {"a": [1, 2], "b": True})
    as_json = json.loads(await exported(database, "json"))
    as_yaml = YAML(typ="safe", pure=True).load(await exported(database, "yaml"))
    assert as_json == as_yaml
    assert as_json[0]["params.a"] == [1, 2]


async def test_parquet_gives_each_column_one_type(database: Database):
    await add(database, 1, {"a": 1, "mixed": 1})
    await add(database, 2, {"a": 2.5, "mixed": "text"})
    frame = pl.read_parquet(io.BytesIO(await exported(database, "parquet")))
    assert frame["params.a"].to_list() == [2.5, 1.0]
    assert frame["params.mixed"].to_list() == ["text", "1"]
    assert frame["created_at"][0] == NOW


@pytest.mark.parametrize("kind", ["csv", "json", "yaml", "parquet"])
async def test_an_empty_table_is_a_valid_file(sqlite_database: Database, kind: ExportFormat):
    content = await exported(sqlite_database, kind)
    if kind == "csv":
        assert content.startswith(b"id,uuid,name")
    elif kind == "parquet":
        assert pl.read_parquet(io.BytesIO(content)).height == 0
    else:
        assert YAML(typ="safe", pure=True).load(content) == []


async def test_only_the_filters_tasks_and_their_columns_are_exported(database: Database):
    await add(database, 1, {"a": 1}, project="one")
    await add(database, 2, {"b": 1}, project="two")
    rows = json.loads(await exported(database, "json", project=["two"]))
    assert [row["name"] for row in rows] == ["task 2"]
    assert "params.a" not in rows[0]


async def test_more_tasks_than_a_batch_come_out_once_each(sqlite_database: Database):
    async with sqlite_database.transaction() as session:
        session.add_all(
            Task(uuid=str(n), name=str(n), script="s", platform="p", output_path=str(n))
            for n in range(BATCH * 2 + 1)
        )
    rows = json.loads(await exported(sqlite_database, "json"))
    assert sorted(int(row["name"]) for row in rows) == list(range(BATCH * 2 + 1))
