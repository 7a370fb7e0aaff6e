"""Who came to which rung, best first."""

from math import nan

from hypertrainer.hpsearch.early_stopping.rungs import rung_level
from hypertrainer.hpsearch.insights.rungs import Rung, RungEntry, rung_tables
from hypertrainer.hpsearch.spec import Direction, StoppingRule
from tests.hpsearch.logs_of_facts import FactLog, spec_with, stopping

ASHA = StoppingRule(rule="asha")


def test_entries_are_ranked_and_say_who_was_stopped_there() -> None:
    log = FactLog(spec_with(stopping(ASHA)))
    log.ask_all(4)
    for number, value in enumerate((0.3, 0.2, 0.4, 0.2)):
        log.report(number, 1, value)
    log.report(1, 3, 0.1)
    assert rung_tables(log.history) == [
        Rung(
            0,
            1,
            (
                RungEntry(1, 0.2, 1, is_stopped=False),
                RungEntry(3, 0.2, 1, is_stopped=False),
                RungEntry(0, 0.3, 3, is_stopped=False),
                RungEntry(2, 0.4, 4, is_stopped=True),
            ),
        ),
        Rung(0, 3, (RungEntry(1, 0.1, 1, is_stopped=False),)),
    ]


def test_values_that_are_not_finite_come_last_without_a_rank() -> None:
    early = stopping(ASHA, direction=Direction.MAXIMIZE, stop_on_nan=False)
    log = FactLog(spec_with(early, summary="last"))
    log.ask_all(3)
    for number, value in enumerate((nan, 0.2, 0.4)):
        log.report(number, 1, value)
    (rung,) = rung_tables(log.history)
    assert [(one.number, one.rank) for one in rung.entries] == [(2, 1), (1, 2), (0, None)]


def test_each_bracket_has_its_own_rungs() -> None:
    rule = StoppingRule(rule="hyperband", brackets=3)
    log = FactLog(spec_with(stopping(rule)))
    for bracket in range(3):
        log.ask(bracket, bracket=bracket)
        for epoch in (1, 3, 9):
            log.report(bracket, epoch, 0.5)
    places = [(rung.bracket, rung.epoch) for rung in rung_tables(log.history)]
    assert places == [(0, 1), (0, 3), (0, 9), (1, 3), (1, 9), (2, 9)]


def test_the_table_counts_what_the_rule_counts() -> None:
    log = FactLog(spec_with(stopping(ASHA)))
    log.ask_all(6)
    for number in range(6):
        log.report(number, 1, float(number))
    (rung,) = rung_tables(log.history)
    assert [one.value for one in rung.entries] == rung_level(log.history, 0, 1).finite


def test_without_rungs_there_is_no_table() -> None:
    for early in (None, stopping(StoppingRule(rule="patience"))):
        log = FactLog(spec_with(early))
        log.ask(0)
        log.report(0, 1, 0.5)
        assert rung_tables(log.history) == []
