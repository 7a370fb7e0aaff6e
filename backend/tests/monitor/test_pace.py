"""How soon a platform is asked again."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.monitor.pace import OUTPUT_SECONDS, Pace
from hypertrainer.platforms.fake import FakePlatform


def pace_of(soon: float = 5.0, slow: float = 60.0) -> Pace:
    platform = FakePlatform()
    platform.poll_soon_seconds, platform.poll_seconds = soon, slow
    return Pace(platform)


QUIET: dict[str, Any] = {
    "is_fresh": False,
    "is_flowing": False,
    "is_behind": False,
    "is_busy": True,
    "dues": [],
}


def test_soon_after_a_change_then_ever_more_seldom():
    pace = pace_of()
    assert pace.pause(**{**QUIET, "is_fresh": True}) == 5.0
    assert [pace.pause(**QUIET) for _ in range(5)] == [10.0, 20.0, 40.0, 60.0, 60.0]


def test_while_tasks_write_the_pause_grows_to_a_quarter_of_a_minute_only():
    pace = pace_of()
    pauses = [pace.pause(**{**QUIET, "is_flowing": True}) for _ in range(4)]
    assert pauses == [5.0, 10.0, OUTPUT_SECONDS, OUTPUT_SECONDS]
    assert pace.pause(**QUIET) == 2 * OUTPUT_SECONDS


def test_a_backlog_goes_on_at_once():
    assert pace_of().pause(**{**QUIET, "is_behind": True}) == 0.0


def test_a_deadline_is_kept_whatever_the_pace():
    assert pace_of().pause(**{**QUIET, "is_busy": False, "dues": [None, 7.0, 90.0]}) == 7.0


@given(
    st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=20),
    st.floats(0.05, 30),
    st.floats(0.05, 600),
)
def test_no_pause_is_longer_than_the_platforms_slowest(
    rounds: list[tuple[bool, bool, bool]], soon: float, slow: float
):
    pace = pace_of(soon, slow)
    for is_fresh, is_flowing, is_busy in rounds:
        round_ = {"is_fresh": is_fresh, "is_flowing": is_flowing, "is_busy": is_busy}
        assert 0 < pace.pause(**{**QUIET, **round_}) <= slow
