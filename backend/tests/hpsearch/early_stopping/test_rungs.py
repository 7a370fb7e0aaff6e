"""Where the rungs are, which bracket a trial is in, and which epochs are looked at."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.hpsearch.early_stopping.judge import is_watched, watched_epochs
from hypertrainer.hpsearch.early_stopping.rungs import bracket_of, rungs_of
from hypertrainer.hpsearch.spec import StoppingRule
from tests.hpsearch.logs_of_facts import stopping

ASHA = StoppingRule(rule="asha")
HYPERBAND = StoppingRule(rule="hyperband", brackets=9)
MEDIAN = StoppingRule(rule="median")


def test_rungs_grow_by_the_reduction_factor_and_end_below_the_last_epoch() -> None:
    assert rungs_of(stopping(ASHA, min_epochs=3, max_epochs=81), ASHA) == (3, 9, 27)


def test_a_higher_bracket_starts_at_a_higher_rung() -> None:
    early = stopping(HYPERBAND)
    rungs = [rungs_of(early, HYPERBAND, bracket) for bracket in range(5)]
    assert rungs == [(1, 3, 9), (3, 9), (9,), (), ()]


def test_asha_without_brackets_knows_one_only() -> None:
    assert rungs_of(stopping(ASHA), ASHA, 2) == (1, 3, 9)


def test_rules_that_look_at_every_epoch_have_no_rungs() -> None:
    assert rungs_of(stopping(MEDIAN), MEDIAN) == ()


def test_without_a_last_epoch_the_rungs_still_end() -> None:
    assert len(rungs_of(stopping(ASHA, max_epochs=None), ASHA)) < 20


def test_only_rungs_are_watched_with_those_of_lower_brackets() -> None:
    early = stopping(HYPERBAND)
    for bracket in range(4):
        assert [epoch for epoch in range(1, 28) if is_watched(early, bracket, epoch)] == [1, 3, 9]


def test_other_rules_watch_every_epoch_up_to_ten_thousand() -> None:
    early = stopping(ASHA, MEDIAN, max_epochs=None)
    assert is_watched(early, 0, 2)
    assert is_watched(early, 0, 10_000)
    assert not is_watched(early, 0, 10_001)


@given(st.integers(0, 2**64 - 1))
def test_a_seed_always_gives_the_same_bracket_which_exists(seed: int) -> None:
    early = stopping(HYPERBAND)
    assert bracket_of(early, seed) == bracket_of(early, seed)
    assert bracket_of(early, seed) in range(4)


def test_brackets_are_as_frequent_as_their_epochs_allow() -> None:
    found = Counter(bracket_of(stopping(HYPERBAND), seed) for seed in range(4_000))
    weights = [27 / 4, 9 / 3, 3 / 2, 1]  # three rungs, and a bracket without any
    for bracket, weight in enumerate(weights):
        assert found[bracket] / 4_000 == pytest.approx(weight / sum(weights), abs=0.03)


def test_without_brackets_every_trial_is_in_the_first() -> None:
    assert {bracket_of(stopping(ASHA), seed) for seed in range(50)} == {0}
    assert bracket_of(None, 7) == 0


@given(
    st.lists(st.sampled_from([ASHA, HYPERBAND, MEDIAN]), max_size=3),
    st.integers(0, 3),
    st.integers(1, 40) | st.integers(9_900, 10_050),
    st.integers(0, 150),
)
def test_the_epochs_that_are_watched_are_found_without_looking_at_each(
    rules: list[StoppingRule], bracket: int, start: int, count: int
) -> None:
    early = stopping(*rules, min_epochs=2, max_epochs=None)
    one_by_one = [at for at in range(start, start + count) if is_watched(early, bracket, at)]
    assert list(watched_epochs(early, bracket, start, start + count - 1)) == one_by_one


def test_a_million_epochs_without_a_rung_take_no_time() -> None:
    early = stopping(ASHA, max_epochs=None)
    assert list(watched_epochs(early, 0, 600_000, 1_600_000)) == [1_594_323]
