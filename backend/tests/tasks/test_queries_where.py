"""Comparisons on real databases: which tasks have such a value."""

import pytest

from hypertrainer.database import Database
from hypertrainer.errors import InvalidInput
from tests.tasks.rows import add_task, at, names

WHERE = [
    ("params.training.lr<0.01", "b"),
    ("params.training.lr<=0.01", "ab"),
    ("params.training.lr=0.01", "a"),
    ("params.training.lr=1e-2", "a"),
    ("params.training.lr!=0.01", "bc"),
    ("params.opt=adam", "a"),
    ("params.opt!=adam", "bd"),
    ("params.opt~GD", "b"),
    ("params.opt!~gd", "ad"),
    ("params.opt=3", "d"),
    ('params.opt="3"', "d"),
    ("params.opt>2", ""),
    ("params.nesterov=true", "a"),
    ("params.nesterov=True", "a"),
    ("params.nesterov=false", "b"),
    ("params.nesterov=1", "a"),
    ("params.layers=[1, 2]", "c"),
    ("params.nothing=null", ""),
    ("params.absent=1", ""),
    ("metrics.loss<=0.5", "ab"),
    ("metrics.loss.max>0.9", "ac"),
    ("metrics.loss.count=3", "abcd"),
    ("metrics.absent>0", ""),
    ("status!=crashed", "abd"),
    ("name~A", "a"),
    ("host=gpu1", "a"),
    ("host!=gpu2", "a"),
    ("exit_code=0", "a"),
    ("exit_code<-8.5", "c"),
    ("id>=2", "bcd"),
    ("duration>90m", "b"),
    ("duration=3600", "a"),
    ("progress>0.4", "a"),
    ("epoch>=2", "ab"),
    ("created_at<2026-01-01T01:00:00Z", "a"),
    ("started_at>2026-01-01T01:30:00+00:00", "b"),
    ("tag=x", "ab"),
    ("tag!=x", "cd"),
    ("tag~LON", "b"),
    ("tag!~lon", "acd"),
]


async def _add_four(database: Database) -> None:
    await add_task(
        database,
        "a",
        params={"training.lr": 0.01, "opt": "adam", "nesterov": True, "nothing": None},
        metrics={"loss": 0.5},
        host="gpu1",
        exit_code=0,
        tags=("x",),
        created_at=at(0),
        started_at=at(1),
        ended_at=at(2),
        progress={"fraction": 0.5, "epoch": 3},
    )
    await add_task(
        database,
        "b",
        params={"training.lr": 0.001, "opt": "sgd", "nesterov": False},
        metrics={"loss": 0.25},
        tags=("x", "long"),
        created_at=at(1),
        started_at=at(2),
        ended_at=at(4),
        progress={"fraction": None, "epoch": 2},
    )
    await add_task(
        database,
        "c",
        params={"training.lr": "auto", "layers": [1, 2]},
        metrics={"loss": 0.75},
        status="crashed",
        exit_code=-9,
        created_at=at(2),
    )
    await add_task(database, "d", params={"opt": "3"}, metrics={"loss": None}, created_at=at(3))


async def test_comparisons_find_the_tasks_that_have_such_a_value(database: Database) -> None:
    await _add_four(database)
    found = [(where, "".join(await names(database, where=[where]))) for where, _ in WHERE]
    assert found == WHERE


async def test_all_comparisons_must_hold(database: Database) -> None:
    await _add_four(database)
    where = ["params.training.lr<1", "params.opt=sgd", "metrics.loss<1", "status!=crashed"]
    assert await names(database, where=where) == ["b"]


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("metrics.loss~1", "looks for text in a number"),
        ("metrics.loss<small", "no number"),
        ("params.lr<nan", "no number"),
        ("params.lr<inf", "no number"),
        ("name<b", "orders texts"),
        ("tag>b", "orders texts"),
        ("status=runing", "names no status"),
        ("created_at=2026", "compares a time"),
        ("created_at<yesterday", "no time"),
        ("created_at<0001-01-01T00:00:00+14:00", "no time"),
        ("colour=red", "no column"),
    ],
)
async def test_a_comparison_that_makes_no_sense_is_refused_in_words(
    sqlite_database: Database, where: str, told: str
) -> None:
    with pytest.raises(InvalidInput, match=told):
        await names(sqlite_database, where=[where])


async def test_numbers_beyond_the_database_find_nothing(database: Database) -> None:
    await add_task(database)
    assert await names(database, where=["id=1e300"]) == []
    assert await names(database, where=["exit_code<-1e300"]) == []
    assert await names(database, where=["params.a=1e999"]) == []
