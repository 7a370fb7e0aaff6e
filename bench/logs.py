"""How fast a large log opens, turns its pages and is searched: `bench/logs.py --size 1000`."""

import argparse
import asyncio
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hypertrainer.logs.follow import follow
from hypertrainer.logs.lines import LogIndexes
from hypertrainer.logs.search import search
from hypertrainer.logs.tail import read_slice

PAGE = 512
NUM_PAGES = 200
NUM_APPENDED = 200
SEARCH_SECONDS = 120
Row = tuple[str, str, str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=256, help="of the log, in MB (default 256)")
    parser.add_argument("--plain", action="store_true", help="a log without colours")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "out.txt"
        generate(log, options.size * 1_000_000, is_coloured=not options.plain)
        show(log, rows(log))


def generate(log: Path, num_bytes: int, *, is_coloured: bool) -> None:
    """Lines of 40 to 240 bytes; one in about 40,000 says `Traceback`."""
    draw = random.Random(1)
    start, end = ("\x1b[32m", "\x1b[0m") if is_coloured else ("", "")
    lines = [
        f"{start}2026-01-01 00:00{end} step {number} {'.' * draw.randint(0, 200)}\n"
        for number in range(40_000)
    ]
    lines[12_345] = "Traceback (most recent call last):\n"
    block = "".join(lines).encode()
    with log.open("wb") as file:
        for _ in range(max(1, num_bytes // len(block))):
            file.write(block)


def rows(log: Path) -> Iterator[Row]:
    indexes = LogIndexes()
    yield once("open: index and last page", lambda: indexes.lines(log, -PAGE, PAGE))
    total = indexes.lines(log, 0, 1).total
    draw = random.Random(2)
    yield often("random page", lambda: indexes.lines(log, draw.randrange(total), PAGE))
    yield often("last page", lambda: indexes.lines(log, -PAGE, PAGE))
    yield often("last 64 KiB by bytes", lambda: read_slice(log, -65_536))
    yield searched(log, "plain text", "Traceback")
    yield searched(log, "plain text, any case", "traceback", ignore_case=True)
    yield searched(log, "plain text in every line", "2026")
    yield searched(log, "expression", r"Trace\w+ ", is_regex=True)
    yield asyncio.run(followed(log))


def once(name: str, action: Callable[[], object]) -> Row:
    wall, processor = time.perf_counter(), time.process_time()
    action()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return name, milliseconds(wall), "", f"{milliseconds(processor)} CPU"


def often(name: str, action: Callable[[], object]) -> Row:
    def measured() -> float:
        begin = time.perf_counter()
        action()
        return time.perf_counter() - begin

    return distribution(name, [measured() for _ in range(NUM_PAGES)])


def searched(
    log: Path, name: str, pattern: str, *, is_regex: bool = False, ignore_case: bool = False
) -> Row:
    begin = time.perf_counter()
    kind = {"is_regex": is_regex, "ignore_case": ignore_case}
    result = asyncio.run(search(log, pattern, **kind, seconds=SEARCH_SECONDS))
    wall = time.perf_counter() - begin
    return f"search: {name}", milliseconds(wall), "", f"{result.total:,} lines match"


async def followed(log: Path) -> Row:
    """From a line being written to the follower having it."""
    delays: list[float] = []
    growths = follow(log, size_of(log))
    for number in range(NUM_APPENDED):
        waiting = asyncio.ensure_future(anext(growths))
        await asyncio.sleep(random.uniform(0.01, 0.05))
        begin = time.perf_counter()
        append(log, f"line {number}\n")
        await waiting
        delays.append(time.perf_counter() - begin)
    await growths.aclose()
    return distribution("follow: a line written to read", delays)


def size_of(log: Path) -> int:
    return log.stat().st_size


def append(log: Path, text: str) -> None:
    with log.open("a") as file:
        file.write(text)


def distribution(name: str, seconds: list[float]) -> Row:
    p95 = statistics.quantiles(seconds, n=20)[-1]
    return (
        name,
        milliseconds(statistics.median(seconds)),
        milliseconds(p95),
        f"{len(seconds)} times",
    )


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


def show(log: Path, results: Iterator[Row]) -> None:
    table = Table("question", "median", "p95", "", title=f"A log of {log.stat().st_size:,} bytes")
    for row in results:
        table.add_row(*row)
    table.caption = f"peak memory {peak_megabytes():,.0f} MB, Python {sys.version.split()[0]}"
    Console().print(table)


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
