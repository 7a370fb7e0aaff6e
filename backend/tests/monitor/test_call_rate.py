"""Commands per hour, counted from a total that only grows."""

from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.monitor.call_rate import MINUTES, CallRate


def test_what_was_sent_within_the_hour_counts_and_nothing_older():
    rate = CallRate()
    rate.note(3, now=0.0)
    rate.note(5, now=90.0)
    assert rate.per_hour(now=100.0) == 5
    assert rate.per_hour(now=3_599.0) == 5
    assert rate.per_hour(now=3_600.0) == 2
    assert rate.per_hour(now=7_300.0) == 0


def test_a_total_that_begins_anew_is_counted_from_nought():
    rate = CallRate()
    rate.note(100, now=0.0)
    rate.note(4, now=60.0)
    assert rate.per_hour(now=60.0) == 104


def test_a_round_without_commands_counts_nothing():
    rate = CallRate()
    for now in range(0, 600, 60):
        rate.note(7, now=float(now))
    assert rate.per_hour(now=600.0) == 7


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0, 400)), max_size=300))
def test_the_ring_stays_small_and_is_never_more_than_all(steps: list[tuple[int, float]]):
    rate, total, now = CallRate(), 0, 0.0
    for calls, seconds in steps:
        total, now = total + calls, now + seconds
        rate.note(total, now)
        assert len(rate._minutes) <= MINUTES
        assert 0 <= rate.per_hour(now) <= total
