"""How fast the task table opens, sorts and filters: `python bench/list.py --tasks 10000 100000`.

Times the server's own code over SQLite, in this process; with `--api` the same questions to a
server of its own, over HTTP.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from place import Bench, bench_server
from rich.console import Console
from rich.table import Table
from sqlalchemy import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.database import Database
from hypertrainer.migrations import migrate
from hypertrainer.pagination import PageParams
from hypertrainer.tasks.filters import TaskFilters
from hypertrainer.tasks.queries import (
    count_by_status,
    list_columns,
    list_projects,
    list_tasks,
)
from hypertrainer.tasks.tables import Attempt, MetricSummary, Task, TaskParam

NUM_PARAMS = 20
METRICS = ("loss", "val_loss", "accuracy")
BATCH = 2_000
NUM_TIMES = 30
PAGE = 100
START = datetime(2026, 1, 1, tzinfo=UTC)
Row = tuple[str, str, str, str]
Question = tuple[str, dict[str, Any]]

QUESTIONS: Sequence[Question] = (
    ("newest first", {"sort": "-id"}),
    ("by a metric", {"sort": "metrics.loss"}),
    ("by a metric, a parameter in half", {"sort": "metrics.loss", "where": ["params.lr<0.001"]}),
    ("by a metric, in a tenth", {"sort": "-metrics.loss.max", "where": ["params.lr<2.5e-5"]}),
    ("by a metric, in a thousandth", {"sort": "metrics.loss", "where": ["params.lr<1.01e-5"]}),
    (
        "by a metric, two parameters",
        {"sort": "metrics.loss", "where": ["params.lr<0.001", "params.opt=adam"]},
    ),
    ("by a metric, by a metric", {"sort": "metrics.loss", "where": ["metrics.accuracy>0.9"]}),
    ("by a metric, status", {"sort": "metrics.loss", "status": ["crashed"]}),
    ("by a parameter", {"sort": "params.opt,metrics.loss"}),
    ("by name", {"sort": "name"}),
    ("by duration", {"sort": "-duration"}),
    ("text search", {"q": "run 4242"}),
    ("by a metric, half way down", {"sort": "metrics.loss", "offset": 0.5}),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--api", action="store_true", help="ask a server, over HTTP")
    options = parser.parse_args()
    for num_tasks in options.tasks:
        title = f"{num_tasks:,} tasks, {NUM_PARAMS} parameters, {len(METRICS)} metrics"
        if options.api:
            with bench_server({}) as bench:
                show(f"{title}, over HTTP", asyncio.run(through_api(bench, num_tasks)))
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bench.db"
            rows = asyncio.run(in_the_server(path, num_tasks))
            show(f"{title} ({path.stat().st_size / 1e6:,.0f} MB)", rows)


async def in_the_server(path: Path, num_tasks: int) -> list[Row]:
    database = Database(f"sqlite:///{path}")
    await migrate(database)
    await seed(database, num_tasks)
    rows = [await asked(database, name, question, num_tasks) for name, question in QUESTIONS]
    for name, ask in others().items():
        async with database.reading() as session:
            rows.append(await measured(name, partial(ask, session)))
    await database.close()
    return rows


def others() -> dict[str, Callable[[AsyncSession], Awaitable[Any]]]:
    return {
        "counts by status": lambda session: count_by_status(session, TaskFilters()),
        "projects": list_projects,
        "catalogue of columns": lambda session: list_columns(session, "", TaskFilters()),
    }


async def asked(database: Database, name: str, question: dict[str, Any], num_tasks: int) -> Row:
    """A whole first page: ids, total, and the rows as clients see them."""
    filters = {key: value for key, value in question.items() if key not in {"sort", "offset"}}
    page = PageParams(offset=int(question.get("offset", 0) * num_tasks), limit=PAGE)

    async def ask() -> str:
        async with database.reading() as session:
            sort = question.get("sort", "-id")
            _, total = await list_tasks(session, TaskFilters(**filters), sort, page)
        return f"{total:,} match"

    return await measured(name, ask)


async def through_api(bench: Bench, num_tasks: int) -> list[Row]:
    database = Database(f"sqlite:///{bench.folder / 'home' / 'hypertrainer.db'}")
    await seed(database, num_tasks)
    await database.close()
    headers = {"Authorization": f"Bearer {bench.token}"}
    async with httpx.AsyncClient(base_url=bench.url, headers=headers, timeout=60) as client:
        return [await asked_api(client, name, dict(one), num_tasks) for name, one in QUESTIONS]


async def asked_api(
    client: httpx.AsyncClient, name: str, params: dict[str, Any], total: int
) -> Row:
    if "offset" in params:
        params["offset"] = int(params["offset"] * total)

    async def ask() -> str:
        answer = await client.get("/tasks", params={"limit": PAGE, **params})
        answer.raise_for_status()
        return f"{json.loads(answer.content)['total']:,} match"

    return await measured(name, ask)


async def measured(name: str, ask: Callable[[], Awaitable[Any]]) -> Row:
    said = await ask()
    seconds = []
    for _ in range(NUM_TIMES):
        begin = time.perf_counter()
        await ask()
        seconds.append(time.perf_counter() - begin)
    p95 = statistics.quantiles(seconds, n=20)[-1]
    median = statistics.median(seconds)
    remark = said if isinstance(said, str) else f"{len(said):,} items"
    return name, f"{median * 1000:,.1f} ms", f"{p95 * 1000:,.1f} ms", remark


async def seed(database: Database, num_tasks: int) -> None:
    """Finished tasks with random parameters and metrics; one in twenty archived or crashed."""
    draw = random.Random(1)
    for first in range(1, num_tasks + 1, BATCH):
        ids = range(first, min(first + BATCH, num_tasks + 1))
        tasks = [task_row(draw, number) for number in ids]
        async with database.transaction() as session:
            await session.exec(insert(Task), params=tasks)
            await session.exec(insert(Attempt), params=[attempt_row(number) for number in ids])
            await session.exec(insert(TaskParam), params=list(param_rows(tasks)))
            await session.exec(insert(MetricSummary), params=list(metric_rows(draw, ids)))


def task_row(draw: random.Random, number: int) -> dict[str, Any]:
    params = {
        "lr": 10 ** draw.uniform(-5, -1),
        "opt": draw.choice(["adam", "sgd", "lamb"]),
        **{f"model.layer_{layer}.width": draw.choice([32, 64]) for layer in range(NUM_PARAMS - 2)},
    }
    created_at = START + timedelta(minutes=number)
    return {
        "id": number,
        "uuid": f"00000000-0000-0000-0000-{number:012}",
        "name": f"run_{number}",
        "script": "train.py",
        "config": "train.yaml",
        "platform": draw.choice(["local", "beluga"]),
        "project": f"project {number % 7}",
        "status": draw.choice(["finished"] * 19 + ["crashed"]),
        "is_archived": draw.random() < 0.05,
        "output_path": f"/home/somebody/hypertrainer/output/run_{number}-00000000",
        "created_at": created_at,
        "started_at": created_at + timedelta(seconds=2),
        "ended_at": created_at + timedelta(seconds=draw.uniform(100, 10_000)),
        "params": params,
        "launch": {"command": ["python", "train.py", "config.yaml"], "resources": {"gpus": 1}},
        "progress": {"epoch": 99, "num_epochs": 100, "fraction": 1.0},
        "unsaved_changes": 0,
        "is_environment_recorded": True,
        "is_output_collected": True,
    }


def attempt_row(number: int) -> dict[str, Any]:
    return {"task_id": number, "number": 1, "key": f"h{number:014}", "state": "ended"}


def param_rows(tasks: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for task in tasks:
        for path, value in task["params"].items():
            number = None if isinstance(value, str) else float(value)
            yield {"task_id": task["id"], "path": path, "number": number, "text": str(value)}


def metric_rows(draw: random.Random, ids: range) -> Iterator[dict[str, Any]]:
    for number in ids:
        for name in METRICS:
            low, last, high = sorted(draw.random() for _ in range(3))
            numbers = {"first": high, "last": last, "min": low, "max": high, "count": 100}
            yield {"task_id": number, "name": name, **numbers}


def show(title: str, rows: Sequence[Row]) -> None:
    table = Table(f"first {PAGE} tasks", "median", "p95", "", title=title)
    for row in rows:
        table.add_row(*row)
    table.caption = f"Python {sys.version.split()[0]}, {NUM_TIMES} times each"
    Console().print(table)


if __name__ == "__main__":
    main()
