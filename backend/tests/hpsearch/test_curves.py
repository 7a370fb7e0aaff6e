"""A metric as a search sees it: the same, however its file was written and whenever it was read."""

from collections.abc import Iterable
from itertools import pairwise
from math import inf, isnan, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.hpsearch.curves import Curve, CurveFile, metric_path
from hypertrainer.hpsearch.spec import Direction

LINES = st.lists(
    st.tuples(st.integers(0, 8), st.floats(width=32, allow_nan=True, allow_infinity=True)),
    max_size=30,
)


def curve_of(*lines: tuple[float, float]) -> Curve:
    curve = Curve()
    for epoch, value in lines:
        curve.add(epoch, value)
    return curve


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def same(left: Iterable[float], right: Iterable[float]) -> bool:
    return [repr(value) for value in left] == [repr(value) for value in right]


def test_epochs_are_counted_from_one_whatever_they_are_called() -> None:
    for first in (0, 1, -7):
        assert list(curve_of((first, 3.0), (first + 1, 2.0)).values) == [3.0, 2.0]


def test_an_epoch_that_is_written_again_counts_once_with_its_first_value() -> None:
    curve = curve_of((0, 3.0), (1, 2.0), (0, 1.0), (1, 0.5), (2, 0.25))
    assert list(curve.values) == [3.0, 2.0, 0.25]
    assert curve.last == 0.25


def test_lines_out_of_order_count_in_the_order_in_which_they_appeared() -> None:
    curve = curve_of((5, 5.0), (3, 3.0), (4, 4.0), (3, 2.0), (5, 1.0), (6, 6.0), (4, 0.5))
    assert list(curve.values) == [5.0, 3.0, 4.0, 6.0]


def test_the_best_passes_over_what_is_not_finite() -> None:
    curve = curve_of((0, nan), (1, 4.0), (2, -inf), (3, 3.0), (4, inf))
    assert list(curve.not_finite) == [1, 3, 5]
    assert isnan(curve.best_until(1, Direction.MINIMIZE))
    assert curve.best_until(3, Direction.MINIMIZE) == 4.0
    assert curve.best_until(5, Direction.MINIMIZE) == 3.0
    assert curve.best_until(5, Direction.MAXIMIZE) == 4.0


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("best", 1.0), ("last", 2.0), ("mean_last_2", 1.5), ("at_epoch_1", 3.0), ("at_epoch_4", None)],
)
def test_a_curve_is_summed_up_as_asked_for(kind: str, expected: float | None) -> None:
    curve = curve_of((0, 3.0), (1, 1.0), (2, 2.0))
    assert curve.summary(kind, Direction.MINIMIZE) == expected


def test_what_came_after_an_epoch_does_not_count_up_to_it() -> None:
    curve = curve_of((0, 3.0), (1, 2.0), (2, 1.0))
    assert curve.summary("best", Direction.MINIMIZE, until=2) == 2.0
    assert curve.summary("last", Direction.MINIMIZE, until=1) == 3.0


def test_nothing_has_no_summary() -> None:
    assert Curve().summary("best", Direction.MINIMIZE) is None
    assert curve_of((0, nan)).summary("best", Direction.MINIMIZE) is None


def test_a_torn_line_waits_for_its_end_and_counts_when_the_task_has_ended(tmp_path: Path) -> None:
    path = metric_path(str(tmp_path), "loss")
    file = CurveFile(path)
    assert list(file.read(is_final=False).values) == []
    append(path, "0\t3.0\n1\t2.")
    assert list(file.read(is_final=False).values) == [3.0]
    append(path, "5\n2\t1.25")
    assert list(file.read(is_final=False).values) == [3.0, 2.5]
    assert list(file.read(is_final=True).values) == [3.0, 2.5, 1.25]


def test_a_file_that_is_written_anew_is_another_curve(tmp_path: Path) -> None:
    path = tmp_path / "metric_loss.log"
    path.write_text("0\t3.0\n1\t2.0\n")
    file = CurveFile(path)
    file.read(is_final=False)
    path.unlink()
    path.write_text("0\t9.0\n")
    assert list(file.read(is_final=False).values) == [9.0]


def test_rubbish_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "metric_loss.log"
    path.write_bytes(b"0\t3.0\nhello\n\xff\xfe\n1\tx\n2\t1.0\n")
    assert list(CurveFile(path).read(is_final=False).values) == [3.0, 1.0]


@given(lines=LINES, cuts=st.lists(st.integers(0, 400), max_size=6))
def test_a_curve_is_the_same_however_often_its_file_was_looked_at(
    lines: list[tuple[int, float]], cuts: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("curve") / "metric_loss.log"
    text = "".join(f"{epoch}\t{value!r}\n" for epoch, value in lines)
    whole = curve_of(*lines)
    file = CurveFile(path)
    edges = sorted({0, *(min(cut, len(text)) for cut in cuts), len(text)})
    seen: list[float] = []
    for start, end in pairwise(edges):
        append(path, text[start:end])
        now = file.read(is_final=False).values
        assert same(now[: len(seen)], seen)  # what was seen once stays as it was
        seen = list(now)
    assert same(file.read(is_final=True).values, whole.values)
    assert same(file.curve.lowest, whole.lowest)
    assert same(file.curve.highest, whole.highest)
