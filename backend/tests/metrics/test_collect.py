"""The monitor's pass over a file: appended bytes only, summaries that stay small and true."""

import json
import os
from math import isfinite
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.metrics.collect import LEAST_BYTES, CollectedFile, collect_file
from hypertrainer.metrics.summary import Summary, empty_summary


def _append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def _summary(state: CollectedFile) -> Summary:
    assert state.summary is not None
    return state.summary


def _stored(state: CollectedFile) -> CollectedFile:
    """The state after a stay in the database."""
    return CollectedFile.model_validate(json.loads(json.dumps(state.model_dump(mode="json"))))


def test_only_what_was_appended_is_read(tmp_path: Path) -> None:
    path = tmp_path / "metric_loss.log"
    _append(path, "epoch\tvalue\n0\t3\n1\t1\n2\t2")
    state = collect_file(path, None)
    assert (_summary(state).count, _summary(state).last) == (2, 1)
    assert collect_file(path, _stored(state)) == state
    _append(path, "\n3\tnan\nwhat\n")
    state = collect_file(path, _stored(state))
    assert _summary(state) == Summary(
        name="loss",
        is_classwise=False,
        count=4,
        non_finite=1,
        first=3,
        last=None,
        min=1,
        max=3,
        min_epoch=1,
        max_epoch=0,
        bad_lines=1,
    )
    assert [bad.line for bad in state.parser.bad_samples] == [6]


def test_a_last_line_without_its_newline_counts_when_the_task_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "metric_loss.log"
    _append(path, "0\t3\n1\t0.5")
    state = collect_file(path, None)
    assert _summary(state).count == 1
    state = collect_file(path, state, is_final=True)
    assert (_summary(state).count, _summary(state).last) == (2, 0.5)
    assert collect_file(path, state, is_final=True) == state


@pytest.mark.parametrize("text", ["5\t9\n", "5\t9\n6\t8\n7\t7\n8\t6\n"])
def test_a_file_that_is_written_anew_is_read_from_its_beginning(tmp_path: Path, text: str) -> None:
    path = tmp_path / "metric_loss.log"
    path.write_text("0\t1\n1\t2\n")
    state = collect_file(path, None)
    path.write_text(text)
    assert _summary(collect_file(path, state)).first == 9


def test_another_file_of_the_same_name_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "metric_loss.log"
    path.write_text("0\t1\n")
    state = collect_file(path, None)
    (tmp_path / "new").write_text("0\t1\n1\t2\n")
    (tmp_path / "new").replace(path)
    again = collect_file(path, state)
    assert (_summary(again).count, again.parser.lines) == (2, 2)


def test_a_long_file_is_read_in_several_passes(tmp_path: Path) -> None:
    path = tmp_path / "metric_loss.log"
    path.write_text("".join(f"{i}\t{i}\n" for i in range(40_000)))
    state, passes = collect_file(path, None, limit_bytes=1), 1
    while state.is_behind:
        state, passes = collect_file(path, _stored(state), limit_bytes=1), passes + 1
    assert passes == -(-path.stat().st_size // LEAST_BYTES)
    assert (_summary(state).count, _summary(state).last) == (40_000, 39_999)


def test_classes_are_listed_in_the_order_they_appear(tmp_path: Path) -> None:
    path = tmp_path / "metric_classwise_iou.log"
    _append(path, "0\ttree\t0.5\n0\tred car\t0.25\n")
    state = collect_file(path, None)
    _append(path, "1\tcar\t1\n1\ttree\t0\n")
    summary = _summary(collect_file(path, _stored(state)))
    assert (summary.name, summary.is_classwise) == ("iou", True)
    assert summary.classes == ("tree", "red car", "car")
    assert (summary.min, summary.min_epoch, summary.max, summary.max_epoch) == (0, 1, 1, 1)


def test_progress_is_collected_too(tmp_path: Path) -> None:
    path = tmp_path / "progress.log"
    _append(path, "0\ttrain\t0\t10\t1700000000\n")
    state = _stored(collect_file(path, None))
    assert state.progress is not None
    assert state.progress.last == (0, "train", 0, 10, 1_700_000_000)
    assert state.summary is None


def test_a_pipe_is_refused_without_waiting_for_its_writer(tmp_path: Path) -> None:
    path = tmp_path / "metric_loss.log"
    os.mkfifo(path)
    with pytest.raises(OSError, match="regular"):
        collect_file(path, None)


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="neither"):
        collect_file(tmp_path / "out.txt", None)


@given(st.lists(st.tuples(st.integers(0, 9), st.floats()), max_size=30), st.integers(0, 30))
def test_a_summary_is_the_same_however_the_rows_are_cut(
    rows: list[tuple[int, float]], cut: int
) -> None:
    schema = {"epoch": pl.Float64, "value": pl.Float64}
    summary = empty_summary("loss", "scalar")
    for part in (rows[:cut], rows[cut:]):
        summary = summary.extended(pl.DataFrame(part, schema=schema, orient="row"), 0)
    finite = [value for _, value in rows if isfinite(value)]
    assert summary.count == len(rows)
    assert summary.non_finite == len(rows) - len(finite)
    assert (summary.min, summary.max) == (min(finite, default=None), max(finite, default=None))
    if finite:
        assert summary.min_epoch == next(epoch for epoch, v in rows if v == summary.min)
        assert summary.max_epoch == next(epoch for epoch, v in rows if v == summary.max)
