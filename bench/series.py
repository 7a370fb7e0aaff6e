"""How long a chart waits for its points: one long series, and a hundred short ones.

    .venv/bin/python bench/series.py [--points 1000000] [--rounds 7]

The yardstick is a bare `polars.read_csv` of the same bytes in the same run. Aims: at first at most
1.5 times that, later under 20 ms; a hundred tasks of 1,000 points under 60 ms. "At first" is a new
cache in memory and on disk; "from disk" is a new process over a cache on disk. Times are of the
whole answer but HTTP: files to JSON.
"""

import argparse
import platform
import random
import shutil
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import polars as pl
from rich.console import Console
from rich.table import Table

from hypertrainer.metrics.columns import ColumnCache
from hypertrainer.metrics.folder import TaskFolder
from hypertrainer.metrics.schemas import SeriesList, SeriesQuery
from hypertrainer.metrics.series import drawn_series

TASKS, POINTS_PER_TASK = 100, 1_000


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table; times in milliseconds."""

    what: str
    times: Sequence[float]
    aim: str
    ratio_to: float | None = None

    def cells(self) -> tuple[str, ...]:
        median = statistics.median(self.times)
        ratio = "" if self.ratio_to is None else f"{median / self.ratio_to:.2f} x"
        return (self.what, f"{median:.1f}", f"{min(self.times):.1f}", ratio, self.aim)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = [
            *one_long_series(Path(folder), options.points, options.rounds),
            *many_short_series(Path(folder), options.rounds),
        ]
    title = f"Series: Polars {pl.__version__}, Python {platform.python_version()}, "
    table = Table(title=f"{title}{pl.thread_pool_size()} threads, {options.rounds} rounds")
    for heading in ("", "median ms", "best ms", "to bare Polars", "aim"):
        table.add_column(heading, justify="left" if heading in ("", "aim") else "right")
    for line in measured:
        table.add_row(*line.cells())
    Console().print(table)


def one_long_series(root: Path, points: int, rounds: int) -> list[Measured]:
    path = _write(root / "long", points)
    folders = [TaskFolder(1, path.parent, is_final=False)]
    cache_folder = root / "cache"
    warm = ColumnCache(cache_folder)

    def at_first() -> None:
        shutil.rmtree(cache_folder, ignore_errors=True)
        _answer(folders, ColumnCache(cache_folder))

    def appended() -> None:
        with path.open("a") as file:
            file.write(f"{points}\t0.5\n")
        _answer(folders, warm)

    # In turns, so that a busy moment of the machine does not fall on one of the two alone.
    bare: list[float] = []
    first: list[float] = []
    pl.read_csv(path, separator="\t", has_header=False)
    for _ in range(rounds):
        bare += _timed(lambda: pl.read_csv(path, separator="\t", has_header=False), 1)
        first += _timed(at_first, 1)
    yardstick = statistics.median(bare)
    _answer(folders, warm)
    later = _timed(lambda: _answer(folders, warm), rounds)
    grown = _timed(appended, rounds)
    warm.settle()
    from_disk = _timed(lambda: _answer(folders, ColumnCache(cache_folder)), rounds)
    return [
        Measured(f"{points:,} points, bare polars.read_csv", bare, "", yardstick),
        Measured(f"{points:,} points to 300, at first", first, "<= 1.5 x", yardstick),
        Measured(f"{points:,} points to 300, later", later, "< 20 ms"),
        Measured(f"{points:,} points to 300, one line appended", grown, "< 20 ms"),
        Measured(f"{points:,} points to 300, from disk", from_disk, "< 20 ms"),
    ]


def many_short_series(root: Path, rounds: int) -> list[Measured]:
    paths = [_write(root / f"task{number}", POINTS_PER_TASK) for number in range(TASKS)]
    folders = [TaskFolder(number, p.parent, is_final=False) for number, p in enumerate(paths, 1)]
    warm = ColumnCache(root / "cache")
    first = _timed(lambda: _answer(folders, ColumnCache(root / "cache")), rounds)
    _answer(folders, warm)
    later = _timed(lambda: _answer(folders, warm), rounds)
    name = f"{TASKS} tasks x {POINTS_PER_TASK:,} points"
    return [
        Measured(f"{name}, at first", first, "< 60 ms"),
        Measured(f"{name}, later", later, "< 60 ms"),
    ]


def _write(folder: Path, points: int) -> Path:
    folder.mkdir()
    path = folder / "metric_loss.log"
    chance = random.Random(points)
    path.write_text("".join(f"{epoch}\t{chance.random():.6f}\n" for epoch in range(points)))
    return path


def _answer(folders: Sequence[TaskFolder], cache: ColumnCache) -> str:
    query = SeriesQuery(task_id=[folder.task_id for folder in folders], name=["loss"])
    return SeriesList(series=drawn_series(folders, cache, query)).model_dump_json()


def _timed(work: Callable[[], object], rounds: int) -> list[float]:
    times = []
    for _ in range(rounds):
        start = perf_counter()
        work()
        times.append((perf_counter() - start) * 1_000)
    return times


if __name__ == "__main__":
    main()
