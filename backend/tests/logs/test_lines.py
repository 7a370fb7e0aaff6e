import os
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hypertrainer.logs.lines import LogIndexes
from hypertrainer.logs.terminal import drawn, shortened

shared_folder = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50
)
tokens = st.sampled_from(
    [b"\n", b"x", b"\r", b"\r\n", "é€𝄞".encode(), b"\xff", b"\x1b[31m", b"\x1b[K", b"\b"]
)
# Contents as (token, times), so that blocks of 64 KiB are crossed and failures stay readable.
repeated = st.tuples(st.just(b"x"), st.sampled_from([100, 65_535, 65_536, 70_000]))
many_lines = st.tuples(st.sampled_from([b"\n", b"ab\n"]), st.sampled_from([2, 2100]))
contents = st.lists(st.tuples(tokens, st.just(1)) | repeated | many_lines, max_size=10)
Content = list[tuple[bytes, int]]


def joined(content: Content) -> bytes:
    return b"".join(token * times for token, times in content)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "out.txt"


def every_line(indexes: LogIndexes, log: Path, count: int = 2000) -> list[str]:
    lines: list[str] = []
    while page := indexes.lines(log, len(lines), count).lines:
        lines += page
    return lines


def expected_lines(content: bytes) -> list[str]:
    lines = content.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return [shortened(drawn(line.decode("utf-8", "replace"))) for line in lines]


@shared_folder
@given(content=contents, count=st.sampled_from([1, 3, 700, 2000]))
def test_pages_give_every_line_once(log: Path, content: Content, count: int) -> None:
    written = joined(content)
    assume(all(len(line) <= 65_536 for line in written.split(b"\n")))  # giants: see below
    expected = expected_lines(written)
    assume(len(expected) < 200 * count)  # every page opens the file
    log.write_bytes(written)
    assert every_line(LogIndexes(), log, count) == expected


@shared_folder
@given(appended=st.lists(contents, min_size=1, max_size=4), start=st.integers(-50, 80_000))
def test_an_index_that_grew_equals_a_fresh_one(
    log: Path, appended: list[Content], start: int
) -> None:
    log.write_bytes(b"")
    grown = LogIndexes()
    for content in appended:
        with log.open("ab") as file:
            file.write(joined(content))
        assert grown.lines(log, start, 50) == LogIndexes().lines(log, start, 50)


def test_a_negative_start_counts_from_the_end(log: Path) -> None:
    log.write_text("a\nb\nc\nunfinished")
    page = LogIndexes().lines(log, -2, 10)
    assert (page.lines, page.start, page.total) == (["c", "unfinished"], 2, 4)
    assert LogIndexes().lines(log, -100, 1).lines == ["a"]


def test_a_start_beyond_the_end_gives_an_empty_page(log: Path) -> None:
    log.write_text("a\nb\n")
    page = LogIndexes().lines(log, 10**30, 10)
    assert (page.lines, page.start, page.total, page.size) == ([], 2, 2, 4)


def test_a_page_has_no_more_than_two_thousand_lines(log: Path) -> None:
    log.write_bytes(b"x\n" * 5000)
    assert len(LogIndexes().lines(log, 0, 10**9).lines) == 2000


def test_an_unfinished_line_is_shown_as_it_stands_and_then_whole(log: Path) -> None:
    indexes = LogIndexes()
    log.write_bytes(b"done\n 10%")
    assert indexes.lines(log, 0, 10).lines == ["done", " 10%"]
    with log.open("ab") as file:
        file.write(b"\r100%\nnext\n")
    assert indexes.lines(log, 0, 10).lines == ["done", "100%", "next"]


def test_a_truncated_file_is_counted_anew(log: Path) -> None:
    indexes = LogIndexes()
    log.write_text("a\nb\nc\n")
    assert indexes.lines(log, 0, 10).total == 3
    os.truncate(log, 2)
    assert indexes.lines(log, 0, 10).lines == ["a"]


def test_a_file_truncated_and_written_further_is_counted_anew(log: Path) -> None:
    indexes = LogIndexes()
    log.write_text("old\nold\n")
    assert indexes.lines(log, 0, 10).total == 2
    with log.open("r+") as file:
        file.truncate(0)
        file.write("new line that is longer\nlast\n")
    assert indexes.lines(log, 0, 10).lines == ["new line that is longer", "last"]


def test_a_rotated_file_is_counted_anew(log: Path) -> None:
    indexes = LogIndexes()
    log.write_text("old\n")
    indexes.lines(log, 0, 10)
    log.rename(log.with_suffix(".1"))
    log.write_text("new\nnew\n")
    assert indexes.lines(log, 0, 10).lines == ["new", "new"]


def test_a_giant_line_shows_its_start_and_how_much_is_missing(log: Path) -> None:
    size = 256 * 1024**2
    with log.open("wb") as file:
        file.write(b"first\nGIANT")
        file.truncate(size)  # a sparse file: zeros that take no room
        file.seek(0, os.SEEK_END)
        file.write(b"\nlast\n")
    page = LogIndexes().lines(log, 0, 10)
    assert (page.lines[0], page.lines[2], page.total) == ("first", "last", 3)
    assert page.lines[1].startswith("GIANT\0")
    assert page.lines[1].endswith(f" … [{size - 6 - 8192:,} bytes left out]")


def test_a_giant_progress_bar_shows_its_last_state(log: Path) -> None:
    steps = [f"\r{percent:3}%|{'█' * (percent // 5):20}|" for percent in range(101)]
    log.write_text("start\n" + "".join(steps) * 100 + "\nend\n")
    assert LogIndexes().lines(log, 1, 1).lines == ["100%|████████████████████|"]


def test_only_the_indexes_used_last_are_kept(tmp_path: Path) -> None:
    indexes = LogIndexes(capacity=2)
    for name in ("a.log", "b.log", "c.log", "a.log"):
        (tmp_path / name).write_text("one\ntwo\n")
        assert indexes.lines(tmp_path / name, 1, 1).lines == ["two"]
    assert len(indexes) == 2


def test_a_large_log_opens_quickly_and_in_little_memory(log: Path) -> None:
    block = b"".join(b"epoch %06d loss 0.123456789\n" % number for number in range(10_000))
    with log.open("wb") as file:
        for _ in range(700):
            file.write(block)
    indexes = LogIndexes()
    tracemalloc.start()
    begin = time.perf_counter()
    assert indexes.lines(log, -1, 500).lines == ["epoch 009999 loss 0.123456789"]
    opened = time.perf_counter()
    page = indexes.lines(log, 3_456_789, 500)
    turned = time.perf_counter()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (page.lines[0], page.total) == ("epoch 006789 loss 0.123456789", 7_000_000)
    # Several times what an idle machine needs (0.1 s and 2 ms): the cores may be busy.
    assert opened - begin < 3
    assert turned - opened < 0.5
    assert peak < 5_000_000
