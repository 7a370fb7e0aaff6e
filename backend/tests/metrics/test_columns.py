"""The parsed columns in memory and on disk: always what the file says."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypertrainer.metrics.column_store import ColumnStore
from hypertrainer.metrics.columns import STORED_BYTES, ColumnCache, Columns
from hypertrainer.metrics.formats import find_source


def _read(cache: ColumnCache, path: Path, *, is_final: bool = False) -> Columns:
    source = find_source(path.name)
    assert source is not None
    return cache.read(path, source, is_final=is_final)


def _points(cache: ColumnCache, path: Path, *, is_final: bool = False) -> list[tuple[float, float]]:
    return _read(cache, path, is_final=is_final).frames[None].rows()


def _append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def _long_file(folder: Path, rows: int = 150_000) -> Path:
    path = folder / "metric_loss.log"
    path.write_text("".join(f"{i}\t{i / 7}\n" for i in range(rows)))
    assert path.stat().st_size > STORED_BYTES
    return path


def test_every_reading_sees_what_was_written_before_it(tmp_path: Path) -> None:
    path, cache = tmp_path / "metric_loss.log", ColumnCache(tmp_path / "cache")
    expected = []
    for epoch in range(200):
        _append(path, f"{epoch}\t{epoch * 2}\n")
        expected.append((epoch, epoch * 2))
        assert _points(cache, path) == expected


def test_epochs_ascend_and_equal_ones_keep_their_order(tmp_path: Path) -> None:
    path, cache = tmp_path / "metric_loss.log", ColumnCache(tmp_path / "cache")
    _append(path, "0\t1\n2\t2\n1\t3\n")
    assert _points(cache, path) == [(0, 1), (1, 3), (2, 2)]
    _append(path, "1\t4\n2\t5\n")
    assert _points(cache, path) == [(0, 1), (1, 3), (1, 4), (2, 2), (2, 5)]


def test_a_half_written_line_is_read_once_only_when_it_is_final(tmp_path: Path) -> None:
    path, cache = tmp_path / "metric_loss.log", ColumnCache(tmp_path / "cache")
    _append(path, "0\t1\n1\t0.2")
    assert _points(cache, path) == [(0, 1)]
    assert _points(cache, path, is_final=True) == [(0, 1), (1, 0.2)]
    _append(path, "5\n")
    assert _points(cache, path, is_final=True) == [(0, 1), (1, 0.25)]


def test_classes_have_columns_of_their_own(tmp_path: Path) -> None:
    path, cache = tmp_path / "metric_classwise_iou.log", ColumnCache(tmp_path / "cache")
    _append(path, "0\ta b\t1\n0\tc\t2\n")
    _read(cache, path)
    _append(path, "1\tc\t3\n1\td\t4\n")
    frames = {label: frame.rows() for label, frame in _read(cache, path).frames.items()}
    assert frames == {"a b": [(0, 1)], "c": [(0, 2), (1, 3)], "d": [(1, 4)]}


def test_progress_becomes_the_times_at_which_epochs_ended(tmp_path: Path) -> None:
    path, cache = tmp_path / "progress.log", ColumnCache(tmp_path / "cache")
    _append(path, "0\ttrain\t0\t2\t10\n0\ttrain\t1\t2\t20\n1\ttrain\t0\t2\t30\n")
    _read(cache, path)
    _append(path, "1\ttrain\t1\t2\t40\n")
    assert _read(cache, path).frames[None].rows() == [(0, 20), (1, 40)]


def test_a_large_file_is_taken_up_from_disk_where_it_was_left(tmp_path: Path) -> None:
    path = _long_file(tmp_path)
    cache = ColumnCache(tmp_path / "cache")
    first = _read(cache, path)
    cache.settle()
    assert len(list((tmp_path / "cache").rglob("*.arrow"))) == 1
    assert ColumnStore(tmp_path / "cache").find(path) is not None
    _append(path, "150000\t5\nwhat\n")
    again = _read(ColumnCache(tmp_path / "cache"), path)
    assert again.frames[None].rows()[:-1] == first.frames[None].rows()
    assert (again.summary.count, again.summary.first, again.summary.last) == (150_001, 0, 5)
    assert [bad.line for bad in again.parser.bad_samples] == [150_002]


def test_a_large_file_of_classes_is_taken_up_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "metric_classwise_iou.log"
    path.write_text("".join(f"{i // 3}\tclass {i % 3}\t{i}\n" for i in range(90_000)))
    cache = ColumnCache(tmp_path / "cache")
    first = _read(cache, path)
    cache.settle()
    assert ColumnStore(tmp_path / "cache").find(path) is not None
    again = _read(ColumnCache(tmp_path / "cache"), path)
    assert {k: f.rows() for k, f in again.frames.items()} == {
        k: f.rows() for k, f in first.frames.items()
    }


def test_small_files_are_not_stored(tmp_path: Path) -> None:
    path, cache = tmp_path / "metric_loss.log", ColumnCache(tmp_path / "cache")
    _append(path, "0\t1\n")
    _read(cache, path)
    cache.settle()
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("damage", ["cut", "edge", "manifest", "no columns", "folder"])
def test_a_damaged_cache_is_rebuilt(tmp_path: Path, damage: str) -> None:
    path = _long_file(tmp_path)
    cache = ColumnCache(tmp_path / "cache")
    expected = _points(cache, path)
    cache.settle()
    [columns] = (tmp_path / "cache").rglob("*.arrow")
    [manifest] = (tmp_path / "cache").rglob("manifest.json")
    match damage:
        case "cut":
            columns.write_bytes(columns.read_bytes()[:-1000])
        case "edge":
            content = columns.read_bytes()
            columns.write_bytes(content[:-500] + b"\0" * 500)
        case "manifest":
            manifest.write_text("{")
        case "no columns":
            columns.unlink()
        case _:
            columns.parent.rename(tmp_path / "gone")
    cache = ColumnCache(tmp_path / "cache")
    assert _points(cache, path) == expected
    cache.settle()
    assert ColumnStore(tmp_path / "cache").find(path) is not None


def test_a_file_that_is_written_anew_is_not_taken_from_the_cache(tmp_path: Path) -> None:
    path = _long_file(tmp_path)
    cache = ColumnCache(tmp_path / "cache")
    _read(cache, path)
    cache.settle()
    path.write_text("0\t7\n")
    for reader in (cache, ColumnCache(tmp_path / "cache")):
        assert _points(reader, path) == [(0, 7)]
        reader.settle()
    path.write_text("".join(f"{i}\t1\n" for i in range(200_000)))
    for reader in (cache, ColumnCache(tmp_path / "cache")):
        assert _read(reader, path).summary.max == 1


def test_memory_is_kept_below_the_budget_and_answers_stay_right(tmp_path: Path) -> None:
    cache = ColumnCache(tmp_path / "cache", budget_bytes=100_000)
    paths = [tmp_path / f"metric_{index}.log" for index in range(40)]
    for path in paths:
        path.write_text("".join(f"{i}\t{i}\n" for i in range(500)))
        _read(cache, path)
    cache.settle()
    assert 0 < len(cache._entries) < 10
    assert all(len(_points(cache, path)) == 500 for path in paths)


def test_the_oldest_columns_leave_a_full_store(tmp_path: Path) -> None:
    path = _long_file(tmp_path)
    cache = ColumnCache(tmp_path / "cache")
    _read(cache, path)
    cache.settle()
    stored = ColumnStore(tmp_path / "cache").find(path)
    assert stored is not None
    store = ColumnStore(tmp_path / "cache", limit_bytes=4_000_000)
    store.save(tmp_path / "metric_other.log", stored)
    assert store.find(path) is None


def test_a_cache_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    path = _long_file(tmp_path)
    (tmp_path / "cache").write_text("a file where the folder should be")
    cache = ColumnCache(tmp_path / "cache")
    assert len(_points(cache, path)) == 150_000
    cache.settle()
    assert len(_points(cache, path)) == 150_000


def test_a_file_that_is_gone_leaves_nothing_behind(tmp_path: Path) -> None:
    cache = ColumnCache(tmp_path / "cache")
    with pytest.raises(FileNotFoundError):
        _read(cache, tmp_path / "metric_loss.log")
    assert not cache._entries


@given(st.lists(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=6), max_size=6))
@settings(deadline=None, max_examples=60)
def test_the_columns_do_not_depend_on_when_they_were_read(
    tmp_path_factory: pytest.TempPathFactory, parts: list[list[tuple[int, int]]]
) -> None:
    folder = tmp_path_factory.mktemp("run")
    path, cache = folder / "metric_loss.log", ColumnCache(folder / "cache")
    path.touch()
    for part in parts:
        _append(path, "".join(f"{epoch}\t{value}\n" for epoch, value in part))
        _read(cache, path)
    rows = [row for part in parts for row in part]
    assert _points(cache, path) == sorted(rows, key=lambda row: row[0])
    assert isinstance(_read(cache, path).frames[None], pl.DataFrame)


def test_readers_in_several_threads_all_get_whole_answers(tmp_path: Path) -> None:
    path, cache = tmp_path / "metric_loss.log", ColumnCache(tmp_path / "cache")
    path.touch()

    def read_often() -> list[int]:
        counts = []
        for _ in range(100):
            points = _points(cache, path)
            assert points == [(epoch, epoch) for epoch in range(len(points))]
            counts.append(len(points))
            cache.settle()
        return counts

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read_often) for _ in range(4)]
        for epoch in range(500):
            _append(path, f"{epoch}\t{epoch}\n")
        for reader in readers:
            counts = reader.result(timeout=60)
            assert counts == sorted(counts)
    assert len(_points(cache, path)) == 500
