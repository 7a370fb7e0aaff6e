"""Exports are read back with what users read them with: csv, json, two YAML parsers and Polars."""

import csv
import io
import json
import math
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from hypertrainer.database import Database
from hypertrainer.errors import InvalidInput
from hypertrainer.tasks.export import BATCH, Format, export_tasks
from hypertrainer.tasks.export_rows import FIXED_COLUMNS, json_rows, yaml_rows
from hypertrainer.tasks.export_table import TypedParts
from hypertrainer.tasks.filters import TaskFilters
from tests.tasks.rows import add_task, at

ODD = '=1+1, "quoted"\nnext line; é 漢字 😀'
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


async def exported(
    database: Database, format: Format, columns: list[str] | None = None, **filters: Any
) -> bytes:
    wanted = TaskFilters(**filters)
    _, filename, chunks = await export_tasks(database, wanted, format, columns)
    assert filename == f"tasks-{datetime.now(UTC):%Y-%m-%d}.{format}"
    return b"".join([chunk async for chunk in chunks])


def csv_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def yaml_of(data: bytes, version: str = "1.2") -> Any:
    parser = YAML(typ="safe", pure=True)
    parser.version = version
    return parser.load(data.decode("utf-8"))


def same(one: Any, other: Any) -> bool:
    """Equal, of the same types; nan equals itself."""
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return type(one) is type(other) and bool(one == other)


async def _add_three(database: Database) -> None:
    await add_task(
        database,
        "first",
        params={"training.lr": 1e-05, "seed": 7, "amp": True, "layers": [1, 2], "mixed": 1},
        metrics={"loss": 0.5},
        tags=("b", "a,c"),
        notes=ODD,
        status="finished",
        exit_code=0,
        created_at=at(0),
        started_at=at(1),
        ended_at=at(3),
        progress={"epoch": 9, "num_epochs": 10, "fraction": 1.0},
    )
    await add_task(
        database,
        "second",
        params={"training.lr": 2, "optimizer.name": "adam", "mixed": "auto"},
        metrics={"loss": None, "accuracy": 0.25},
        created_at=at(1),
    )
    await add_task(database, "hidden", is_archived=True, params={"old": 1}, created_at=at(2))


async def test_csv_has_every_parameter_and_metric_as_a_column(database: Database) -> None:
    await _add_three(database)
    second, first = csv_of(await exported(database, "csv"))
    assert list(first) == [
        *FIXED_COLUMNS,
        *(f"params.{path}" for path in ("amp", "layers", "mixed", "optimizer.name", "seed")),
        "params.training.lr",
        *(f"metrics.accuracy.{field}" for field in ("last", "min", "max")),
        *(f"metrics.loss.{field}" for field in ("last", "min", "max")),
    ]
    assert (first["name"], first["status"], first["notes"]) == ("first", "finished", ODD)
    assert (first["params.training.lr"], first["params.amp"]) == ("1e-05", "True")
    assert (first["params.layers"], first["tags"]) == ("[1, 2]", '["a,c", "b"]')
    assert (first["metrics.loss.last"], first["metrics.accuracy.max"]) == ("0.5", "")
    assert (first["created_at"], first["duration_seconds"]) == ("2026-01-01T00:00:00Z", "7200.0")
    assert (second["metrics.accuracy.max"], second["params.seed"]) == ("0.5", "")


async def test_polars_reads_the_csv_with_numbers_as_numbers(sqlite_database: Database) -> None:
    await _add_three(sqlite_database)
    table = pl.read_csv(await exported(sqlite_database, "csv"))
    assert table["params.training.lr"].to_list() == [2.0, 1e-05]
    assert table["metrics.accuracy.max"].to_list() == [0.5, None]


async def test_json_is_one_array_of_flat_objects(database: Database) -> None:
    await _add_three(database)
    second, first = json.loads(await exported(database, "json"))
    assert first["params.layers"] == [1, 2]
    assert first["tags"] == ["a,c", "b"]
    assert (first["metrics.loss.min"], first["notes"], first["epoch"]) == (0.25, ODD, 9)
    assert "params.seed" not in second
    assert (second["metrics.loss.last"], second["ended_at"]) == (None, None)


async def test_yaml_says_what_json_says(database: Database) -> None:
    await _add_three(database)
    data = await exported(database, "yaml")
    said = json.loads(await exported(database, "json"))
    assert same(yaml_of(data), said)
    assert same(yaml_of(data, "1.1"), said)


async def test_parquet_has_types(database: Database) -> None:
    await _add_three(database)
    table = pl.read_parquet(io.BytesIO(await exported(database, "parquet")))
    types = {name: str(kind) for name, kind in table.schema.items()}
    assert types["id"] == types["params.seed"] == types["epoch"] == "Int64"
    assert types["params.training.lr"] == types["metrics.loss.last"] == "Float64"
    assert types["params.amp"] == types["is_archived"] == "Boolean"
    assert types["params.mixed"] == types["params.layers"] == types["name"] == "String"
    assert types["created_at"] == "Datetime(time_unit='us', time_zone='UTC')"
    second, first = table.to_dicts()
    assert (first["params.mixed"], second["params.mixed"]) == ("1", "auto")
    assert (first["created_at"], first["tags"], first["notes"]) == (at(0), ["a,c", "b"], ODD)
    assert list(table.columns) == list(csv_of(await exported(database, "csv"))[0])


@pytest.mark.parametrize("format", ["csv", "json", "yaml", "parquet"])
async def test_nothing_that_matches_is_an_empty_file_of_its_kind(
    database: Database, format: Format
) -> None:
    data = await exported(database, format, q="absent")
    if format == "csv":
        assert data.decode().strip() == ",".join(FIXED_COLUMNS)
    elif format == "parquet":
        assert pl.read_parquet(io.BytesIO(data)).shape == (0, len(FIXED_COLUMNS))
    else:
        assert (json.loads(data) if format == "json" else yaml_of(data)) == []


async def test_a_filter_or_a_selection_is_exported(database: Database) -> None:
    await _add_three(database)
    assert [row["name"] for row in csv_of(await exported(database, "csv", archived=True))] == [
        "hidden"
    ]
    found = csv_of(await exported(database, "csv", where=["metrics.loss<1"]))
    assert [row["name"] for row in found] == ["first"]
    assert "params.optimizer.name" not in found[0]
    assert [row["id"] for row in csv_of(await exported(database, "csv", ids=[1, 2]))] == ["2", "1"]


@pytest.mark.parametrize("format", ["csv", "json", "yaml", "parquet"])
async def test_columns_can_be_chosen(sqlite_database: Database, format: Format) -> None:
    await _add_three(sqlite_database)
    columns = ["name", "params.seed", "metrics.loss.min", "params.none"]
    data = await exported(sqlite_database, format, columns)
    if format == "csv":
        assert data == b"name,params.seed,metrics.loss.min,params.none\nsecond,,,\nfirst,7,0.25,\n"
    elif format == "parquet":
        assert pl.read_parquet(io.BytesIO(data)).columns == columns
    else:
        rows = json.loads(data) if format == "json" else yaml_of(data)
        assert rows[1] == {"name": "first", "params.seed": 7, "metrics.loss.min": 0.25}


async def test_an_unknown_column_is_refused_before_anything_is_sent(
    sqlite_database: Database,
) -> None:
    with pytest.raises(InvalidInput, match="no column `colour`"):
        await exported(sqlite_database, "csv", ["colour"])
    with pytest.raises(InvalidInput, match="is no comparison"):
        await exported(sqlite_database, "csv", where=["nonsense"])


@pytest.mark.parametrize("format", ["csv", "json", "yaml", "parquet"])
async def test_every_batch_arrives_in_order(sqlite_database: Database, format: Format) -> None:
    number = BATCH + 3
    for name in range(number):
        await add_task(sqlite_database, f"run_{name}")
    data = await exported(sqlite_database, format)
    if format == "parquet":
        ids = pl.read_parquet(io.BytesIO(data))["id"].to_list()
    else:
        read: Any = {"csv": csv_of, "json": json.loads, "yaml": yaml_of}[format]
        ids = [int(row["id"]) for row in read(data)]
    assert ids == list(range(number, 0, -1))


@given(st.dictionaries(TEXTS | TEXTS.map("params.{}".format), VALUES, min_size=1, max_size=4))
def test_yaml_gives_back_any_value(row: dict[str, Any]) -> None:
    for version in ("1.1", "1.2"):
        assert same(yaml_of(yaml_rows([row, row]), version), [row, row])


@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4))
def test_json_gives_back_any_value_but_what_is_no_number(row: dict[str, Any]) -> None:
    (read,) = json.loads(b"[" + json_rows([row]) + b"]")

    def finite(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: finite(one) for key, one in value.items()}
        if isinstance(value, list):
            return [finite(one) for one in value]
        return None if isinstance(value, float) and not math.isfinite(value) else value

    assert same(read, finite(row))


@given(st.lists(st.dictionaries(st.sampled_from(["params.a", "params.b"]), VALUES), max_size=5))
def test_parquet_takes_any_mixture_of_values(rows: list[dict[str, Any]]) -> None:
    with TypedParts(["params.a", "params.b"]) as parts:
        parts.add(rows)
        parts.add([])
        table = pl.read_parquet(parts.write())
    assert table.height == len(rows)
    for row, read in zip(rows, table.to_dicts(), strict=True):
        for name in ("params.a", "params.b"):
            value = row.get(name)
            assert (read[name] is None) == (value is None)
            if isinstance(value, str):
                assert read[name] == value
