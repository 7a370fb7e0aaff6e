"""The metrics API over a real database and real files."""

import csv
import io
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import SQLModel

from hypertrainer.database import Database
from hypertrainer.metrics.columns import ColumnCache
from hypertrainer.metrics.routes import router
from hypertrainer.server.errors import install_error_handlers, operation_id
from hypertrainer.tasks.statuses import TaskStatus
from hypertrainer.tasks.tables import Task


@dataclass(frozen=True, slots=True)
class Site:
    """Tasks #1 (running) and #2 (finished), their folders, and a client."""

    running: Path
    finished: Path
    client: httpx.AsyncClient

    async def get(self, path: str, **params: Any) -> Any:
        response = await self.client.get(path, params=params)
        assert response.status_code == 200, response.text
        return response.json()

    async def series(self, **params: Any) -> list[dict[str, Any]]:
        series: list[dict[str, Any]] = (await self.get("/metrics", **params))["series"]
        return series


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    folders = [tmp_path / "running", tmp_path / "finished"]
    async with database.engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    async with database.transaction() as session:
        for number, folder in enumerate(folders, start=1):
            folder.mkdir()
            status = TaskStatus.RUNNING if number == 1 else TaskStatus.FINISHED
            session.add(_task(number, folder, status))
    app = FastAPI(generate_unique_id_function=operation_id)
    install_error_handlers(app)
    app.include_router(router)
    app.state.services = SimpleNamespace(database=database)  # all that these routes ask for
    app.state.column_cache = ColumnCache(tmp_path / "cache")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Site(folders[0], folders[1], client)
    await database.close()


def _task(number: int, folder: Path, status: TaskStatus) -> Task:
    return Task(
        id=number,
        uuid=str(number),
        name="n",
        script="s",
        platform="local",
        output_path=str(folder),
        status=status,
    )


def _write(folder: Path, name: str, text: str) -> None:
    with (folder / name).open("a") as file:
        file.write(text)


async def test_a_task_s_metrics_are_listed_in_a_few_numbers(site: Site) -> None:
    _write(site.running, "metric_loss.log", "epoch\tvalue\n0\t3\n1\t1\n2\tinf\nwhat\n")
    _write(site.running, "metric_classwise_iou.log", "0\ta b\t0.5\n")
    _write(site.running, "out.txt", "0\t3\n")
    items = (await site.get("/metrics/1"))["items"]
    assert [item["name"] for item in items] == ["iou", "loss"]
    assert (items[0]["is_classwise"], items[0]["classes"]) == (True, ["a b"])
    assert items[1] == {
        "name": "loss",
        "is_classwise": False,
        "classes": [],
        "count": 3,
        "non_finite": 1,
        "first": 3,
        "last": None,
        "min": 1,
        "max": 3,
        "min_epoch": 1,
        "max_epoch": 0,
        "bad_lines": 1,
        "bad_samples": [{"line": 5, "text": "what"}],
    }


async def test_a_task_without_an_output_folder_has_no_metrics(site: Site) -> None:
    site.running.rmdir()
    assert await site.get("/metrics/1") == {"items": []}
    assert await site.series(task_id=1) == []


async def test_a_value_is_in_the_answer_as_soon_as_it_is_written(site: Site) -> None:
    for epoch in range(20):
        _write(site.running, "metric_loss.log", f"{epoch}\t{epoch / 2}\n")
        [series] = await site.series(task_id=1, name="loss")
        assert series["points"][-1] == [epoch, epoch / 2]
        assert series["count"] == epoch + 1


async def test_non_finite_values_are_gaps_and_counted(site: Site) -> None:
    _write(site.running, "metric_loss.log", "0\tnan\n1\t1\n2\t-inf\n")
    [series] = await site.series(task_id=1)
    assert series["points"] == [[0, None], [1, 1], [2, None]]
    assert (series["non_finite"], series["is_downsampled"], series["bands"]) == (2, False, None)


async def test_classes_are_series_of_their_own(site: Site) -> None:
    _write(site.running, "metric_classwise_iou.log", "0\tcar\t1\n0\tred tree\t2\n1\tcar\t3\n")
    series = await site.series(task_id=1, name="iou")
    assert [(part["class_label"], part["points"]) for part in series] == [
        ("car", [[0, 1], [1, 3]]),
        ("red tree", [[0, 2]]),
    ]


async def test_long_series_of_several_tasks_share_their_buckets(site: Site) -> None:
    for folder, rows in ((site.running, 5_000), (site.finished, 3_000)):
        text = "".join(f"{epoch}\t{epoch % 97}\n" for epoch in range(rows))
        _write(folder, "metric_loss.log", text)
    one, two = await site.series(task_id=[1, 2], name="loss", max_points=100)
    assert (one["count"], two["count"]) == (5_000, 3_000)
    assert all(len(part["points"]) <= 100 and part["is_downsampled"] for part in (one, two))
    assert {band[0] for band in two["bands"]} <= {band[0] for band in one["bands"]}
    assert one["points"][0] == [0, 0]
    assert one["points"][-1] == [4_999, 4_999 % 97]


async def test_a_range_is_drawn_at_full_resolution(site: Site) -> None:
    _write(site.running, "metric_loss.log", "".join(f"{i}\t{i}\n" for i in range(5_000)))
    [series] = await site.series(task_id=1, **{"from": 1000, "to": 1099.5})
    assert [x for x, _ in series["points"]] == list(range(1000, 1100))
    assert (series["count"], series["is_downsampled"]) == (100, False)


async def test_all_series_of_an_answer_together_have_at_most_20_000_points(site: Site) -> None:
    rows = [f"{epoch}\tclass {label}\t{epoch}\n" for epoch in range(200) for label in range(400)]
    _write(site.running, "metric_classwise_iou.log", "".join(rows))
    series = await site.series(task_id=1, max_points=500)
    assert len(series) == 400
    assert sum(len(part["points"]) for part in series) <= 20_000


async def test_epochs_are_placed_in_time_by_the_progress_log(site: Site) -> None:
    _write(site.running, "progress.log", "0\ttrain\t0\t1\t100\n0\tval\t0\t1\t110\n")
    _write(site.running, "progress.log", "2\ttrain\t0\t1\t150\n")
    _write(site.running, "metric_loss.log", "0\t5\n1\t6\n2\t7\n3\t8\n")
    [series] = await site.series(task_id=1, x="time")
    assert series["points"] == [[110, 5], [130, 6], [150, 7], [150, 8]]
    [series] = await site.series(task_id=1, x="time", **{"from": 120, "to": 140})
    assert series["points"] == [[130, 6]]


async def test_without_a_progress_log_there_are_no_times_and_a_reason(site: Site) -> None:
    _write(site.running, "metric_loss.log", "0\t5\n")
    [series] = await site.series(task_id=1, x="time")
    assert series["points"] == []
    assert "progress.log" in series["note"]


async def test_a_last_line_without_newline_counts_once_the_task_has_ended(site: Site) -> None:
    for folder in (site.running, site.finished):
        _write(folder, "metric_loss.log", "0\t5\n1\t0.5")
    series = await site.series(task_id=[1, 2])
    assert [part["count"] for part in series] == [1, 2]


async def test_tasks_and_names_that_are_not_there(site: Site) -> None:
    _write(site.running, "metric_loss.log", "0\t5\n")
    assert len(await site.series(task_id=[1, 2], name=["loss", "nothing"])) == 1
    response = await site.client.get("/metrics", params={"task_id": [1, 77]})
    assert response.status_code == 404
    assert "#77" in response.json()["message"]
    assert (await site.client.get("/metrics/77")).status_code == 404
    assert (await site.client.get("/metrics/export", params={"task_id": 77})).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "",
        "task_id=x",
        "task_id=0",
        "task_id=99999999999999",
        "task_id=1&max_points=3",
        "task_id=1&max_points=501",
        "task_id=1&x=iteration",
        "task_id=1&from=2&to=1",
        "task_id=1&from=nan",
        "task_id=1&names=loss",
    ],
)
async def test_bad_queries_are_told_what_is_wrong(site: Site, query: str) -> None:
    response = await site.client.get(f"/metrics?{query}")
    assert response.status_code == 422
    assert response.json()["fields"]


async def test_links_that_leave_the_folder_and_pipes_are_no_metrics(
    site: Site, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("0\t5\n")
    (site.running / "metric_a.log").symlink_to(tmp_path / "secret")
    (site.running / "metric_b.log").symlink_to("metric_b.log")
    os.mkfifo(site.running / "metric_c.log")
    (site.running / "metric_d.log").mkdir()
    assert await site.get("/metrics/1") == {"items": []}
    assert len((await site.client.get("/metrics/export?task_id=1")).text.splitlines()) == 1


async def test_whole_series_are_exported_as_csv(site: Site) -> None:
    _write(site.running, "metric_loss.log", "".join(f"{i}\t{i}\n" for i in range(200_000)))
    _write(site.running, "metric_classwise_iou.log", '0\tred, "old" car\tnan\nwhat\n1\tcar\t1')
    response = await site.client.get("/metrics/export?task_id=1&format=csv")
    assert response.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(response.text)))
    assert rows[0] == ["task_id", "name", "class", "epoch", "value"]
    assert rows[1] == ["1", "iou", 'red, "old" car', "0", "NaN"]
    assert len(rows) == 2 + 200_000
    assert rows[-1] == ["1", "loss", "", "199999", "199999.0"]


async def test_the_operations_are_named_after_their_functions(site: Site) -> None:
    paths = (await site.client.get("/openapi.json")).json()["paths"]
    names = {path: paths[path]["get"]["operationId"] for path in paths}
    assert names == {
        "/metrics": "read_series",
        "/metrics/export": "export_series",
        "/metrics/{task_id}": "list_metrics",
    }
