"""Where a task is and how long it takes, from the rows of progress.log."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.metrics.progress import (
    KEPT_EPOCHS,
    KEPT_INTERVALS,
    Progress,
    ProgressRow,
    ProgressState,
    find_num_epochs,
    progress_of,
)

PHASES = {"train": (10, 2.0), "val": (5, 1.0)}  # iterations, seconds per iteration
EPOCH_SECONDS = 25.0
START = 1_700_000_000.0


def _rows(epochs: range, start: float = START) -> list[ProgressRow]:
    rows, now = [], start
    for epoch in epochs:
        for phase, (iterations, seconds) in PHASES.items():
            for iteration in range(iterations):
                now += seconds
                rows.append((float(epoch), phase, float(iteration), float(iterations), now))
    return rows


def _progress(rows: list[ProgressRow], num_epochs: int | None = 10) -> Progress:
    progress = progress_of(ProgressState().extended(rows), num_epochs)
    assert progress is not None
    return progress


def test_nothing_is_known_before_the_first_row() -> None:
    assert progress_of(ProgressState(), 10) is None


def test_the_last_row_says_where_the_task_is() -> None:
    progress = _progress(_rows(range(2))[:-2])
    where = (progress.epoch, progress.phase, progress.iteration, progress.iterations_per_epoch)
    assert where == (1, "val", 2, 5)


def test_times_stay_hidden_until_there_are_enough_intervals() -> None:
    seen = [_progress(_rows(range(1))[:count]).epoch_seconds for count in range(1, 6)]
    assert seen[:3] == [None, None, None]
    assert seen[3:] == [20.0, 20.0]  # ten iterations of two seconds; val is not known yet


def test_fraction_and_remaining_times_after_some_epochs() -> None:
    rows = _rows(range(5))
    progress = _progress(rows[: -10 - 5 + 5])  # epoch 4, five of ten train iterations
    assert progress.epoch == 4
    assert progress.epoch_seconds == pytest.approx(EPOCH_SECONDS)
    assert progress.epoch_remaining_seconds == pytest.approx(15)
    assert progress.total_remaining_seconds == pytest.approx(15 + 5 * EPOCH_SECONDS)
    assert progress.fraction == pytest.approx((4 + 10 / 25) / 10)


def test_the_end_is_the_end() -> None:
    progress = _progress(_rows(range(10)))
    assert (progress.fraction, progress.total_remaining_seconds) == (1.0, 0.0)


def test_without_a_number_of_epochs_only_the_epoch_is_foretold() -> None:
    progress = _progress(_rows(range(4)), None)
    assert (progress.fraction, progress.total_remaining_seconds) == (None, None)
    assert progress.epoch_seconds == pytest.approx(EPOCH_SECONDS)


def test_phases_that_alternate_within_an_epoch_are_one_epoch() -> None:
    rows: list[ProgressRow] = []
    now = START
    for epoch in range(5):
        for part in (0, 5):
            for iteration in range(part, part + 5):
                now += 2
                rows.append((float(epoch), "train", float(iteration), 10.0, now))
            for iteration in range(5):
                now += 1
                rows.append((float(epoch), "val", float(iteration), 5.0, now))
    progress = _progress(rows[:-5])  # one val to go
    assert progress.epoch_seconds == pytest.approx(30)
    assert progress.epoch == 4
    assert 0.7 < (progress.fraction or 0) * 10 - 4 <= 1


def test_a_pause_before_a_resumed_run_does_not_spoil_the_rate() -> None:
    rows = _rows(range(6))[:-8]
    resumed = _rows(range(4, 6), start=rows[-1][4] + 100_000)
    progress = _progress(rows + resumed[:20])
    assert progress.epoch == 5
    assert progress.epoch_seconds == pytest.approx(EPOCH_SECONDS)


@pytest.mark.parametrize("jump", [86_400.0, -86_400.0])
def test_a_clock_that_jumps_does_not_spoil_the_rate(jump: float) -> None:
    rows = _rows(range(6))
    jumped = [(*row[:4], row[4] + (jump if index > 40 else 0)) for index, row in enumerate(rows)]
    progress = _progress(jumped)
    assert progress.epoch_seconds == pytest.approx(EPOCH_SECONDS)


def test_a_broken_off_epoch_that_is_repeated_starts_from_its_beginning() -> None:
    rows = _rows(range(4))
    again = [(3.0, "train", 0.0, 10.0, rows[-1][4] + 500)]
    progress = _progress([*rows[:-10], *again])
    assert progress.fraction == pytest.approx((3 + 2 / 25) / 10)


def test_one_row_per_epoch_is_enough() -> None:
    rows: list[ProgressRow] = [(float(e), "train", 0.0, 1.0, START + 60.0 * e) for e in range(5)]
    progress = _progress(rows)
    assert progress.epoch_seconds == pytest.approx(60)
    assert progress.total_remaining_seconds == pytest.approx(300)


WILD = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-2, 20).map(float)
WILD_ROWS = st.lists(
    st.tuples(WILD, st.sampled_from(["a", "b", "c"]), WILD, WILD, WILD), max_size=40
)


@given(WILD_ROWS, st.none() | st.integers(1, 100))
def test_no_rows_whatever_break_the_reckoning(rows: list[ProgressRow], total: int | None) -> None:
    state = ProgressState().extended(rows)
    progress = progress_of(state, total)
    json.dumps(state.model_dump(mode="json"), allow_nan=False)
    assert len(state.epoch_seconds) <= KEPT_EPOCHS
    assert all(len(phase.intervals) <= KEPT_INTERVALS for phase in state.phases.values())
    if progress is not None:
        assert progress.fraction is None or 0 <= progress.fraction <= 1
        for seconds in (progress.epoch_remaining_seconds, progress.total_remaining_seconds):
            assert seconds is None or seconds >= 0


@given(WILD_ROWS, st.integers(0, 40))
def test_the_state_is_the_same_however_the_rows_are_cut(rows: list[ProgressRow], cut: int) -> None:
    first = ProgressState().extended(rows[:cut])
    again = ProgressState.model_validate_json(first.model_dump_json())
    assert again.extended(rows[cut:]) == ProgressState().extended(rows)


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"training.num_epochs": 20, "num_epochs": 3}, 20),
        ({"epochs": 7}, 7),
        ({"trainer.max_epochs": 9}, 9),
        ({"training.epochs": 5.0}, 5),
        ({"epochs": True}, None),
        ({"epochs": "ten", "model.epochs": 4}, 4),
        ({"epochs": -1}, None),
        ({"epochs": float("nan")}, None),
        ({"learning_rate": 0.1}, None),
    ],
)
def test_the_number_of_epochs_is_found_in_the_config(
    params: dict[str, object], found: int | None
) -> None:
    assert find_num_epochs(params) == found
