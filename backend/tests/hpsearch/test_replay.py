"""A search computed again: equal where nothing changed, and else exactly what differs."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypertrainer.hpsearch.facts import Fact, FactKind
from hypertrainer.hpsearch.replay import replay
from hypertrainer.hpsearch.samplers.suggest import suggest_many
from hypertrainer.hpsearch.spec import Algorithm, Parameter, StoppingRule
from tests.hpsearch.logs_of_facts import FactLog, spec_with, stopping
from tests.hpsearch.simulation import Simulation

ASHA = StoppingRule(rule="asha")
STEPS = Parameter(path="width", low=0, high=1, step=0.001)


def falling(values: Mapping[str, Any]) -> Iterator[float]:
    epoch = 0
    while True:
        epoch += 1
        yield values["width"] + 1 / epoch


def searched(seed: int = 1, budget: int = 300, **changes: Any) -> list[Fact]:
    values: dict[str, Any] = {"algorithm": Algorithm.RANDOM} | changes
    spec = spec_with(stopping(ASHA), **values)
    return Simulation(spec, seed, falling, workers=4, epochs_budget=budget).run().facts


@pytest.mark.parametrize(
    "algorithm", [Algorithm.GRID, Algorithm.RANDOM, Algorithm.SOBOL, Algorithm.TPE]
)
def test_a_search_that_nobody_touched_is_equal(algorithm: Algorithm) -> None:
    facts = searched(algorithm=algorithm, params=(STEPS,))
    result = replay(1, facts)
    assert result.differences == ()
    assert result.is_equal
    assert result.num_suggestions == sum(fact.kind is FactKind.ASKED for fact in facts)
    assert result.num_decisions == sum(fact.kind is FactKind.REPORTED for fact in facts)


@given(st.integers(0, 2**31), st.integers(1, 5), st.sampled_from([0, 1, 3, 10]))
@settings(max_examples=15, deadline=None)
def test_any_seed_any_workers_any_polling_is_equal(seed: int, workers: int, poll: int) -> None:
    spec = spec_with(stopping(ASHA), algorithm=Algorithm.RANDOM)
    facts = Simulation(spec, seed, falling, workers, 100, poll).run().facts
    assert replay(seed, facts).is_equal


def test_another_seed_gives_other_points() -> None:
    result = replay(2, searched())
    assert {one.number for one in result.differences} >= {0, 1, 2}


def test_a_value_that_is_recorded_otherwise_is_named() -> None:
    facts = searched()
    at = _nth(facts, FactKind.ASKED, 3)
    facts[at] = replace(facts[at], data={**facts[at].data, "values": {"width": 0.25}})
    found = [one for one in replay(1, facts).differences if one.seq == facts[at].seq]
    assert [one.number for one in found] == [3]
    assert found[0].words.startswith("trial 3: width is recorded as 0.25 and computed as 0.")


def test_a_stop_that_is_not_recorded_is_named() -> None:
    facts = searched()
    at = _nth(facts, FactKind.STOPPED, 2)
    stopped = facts.pop(at)
    numbered = [replace(fact, seq=seq) for seq, fact in enumerate(facts, 1)]
    found = [one for one in replay(1, numbered).differences if one.number == stopped.number]
    assert "was not stopped. It would be: stopped at epoch" in found[0].words


def test_a_stop_that_is_not_computed_is_named() -> None:
    log = FactLog(spec_with(stopping(ASHA), algorithm=Algorithm.RANDOM))
    log.ask(0)
    log.report(0, 1, 0.5)
    log.add(FactKind.STOPPED, 0, epoch=1, data={"rule": "asha", "words": "by mistake"})
    words = [one.words for one in replay(0, log.facts).differences]
    assert "trial 0 was stopped (by mistake). Now it would go on" in words


def test_a_stop_for_another_reason_is_named() -> None:
    facts = searched()
    at = _nth(facts, FactKind.STOPPED, 0)
    facts[at] = replace(facts[at], data={**facts[at].data, "rank": 77})
    found = replay(1, facts).differences
    assert [one.seq for one in found] == [facts[at].seq]
    assert "was stopped for another reason" in found[0].words


def test_a_stop_at_the_very_end_that_is_missing_is_named() -> None:
    facts = searched()
    at = _nth(facts, FactKind.STOPPED, 0)
    assert len(replay(1, facts[:at]).differences) == 1


def test_a_sampler_that_had_not_seen_the_newest_facts_is_given_what_it_saw() -> None:
    facts = searched(algorithm=Algorithm.TPE, budget=400)
    at = _nth(facts, FactKind.ASKED, 30)
    facts[at] = replace(facts[at], data={**facts[at].data, "seen": facts[at].seq - 5})
    later = [fact for fact in facts if fact.seq > facts[at].seq and fact.kind is FactKind.ASKED]
    differing = {one.seq for one in replay(1, facts).differences}
    assert differing <= {facts[at].seq}
    assert later


@pytest.mark.parametrize("algorithm", [Algorithm.GRID, Algorithm.RANDOM])
def test_points_that_were_asked_for_at_once_are_equal_and_quick(algorithm: Algorithm) -> None:
    params = (STEPS, Parameter(path="depth", type="int", low=1, high=4))
    log = FactLog(spec_with(None, algorithm=algorithm, params=params))
    for number, one in enumerate(suggest_many(log.history, 2_000)):
        data = {"values": dict(one.values), "seed": one.seed, "seen": 1}
        log.facts.append(Fact(len(log.facts) + 1, FactKind.ASKED, number, data=data))
    started = perf_counter()
    result = replay(0, log.facts)
    assert (result.num_suggestions, result.differences) == (2_000, ())
    assert perf_counter() - started < 20


def test_a_grid_that_is_used_up_is_said_so() -> None:
    params = (Parameter(path="width", type="categorical", values=(1, 2)),)
    log = FactLog(spec_with(None, algorithm=Algorithm.GRID, params=params))
    for number in range(3):
        log.ask(number, width=1 + number)
    words = [one.words for one in replay(0, log.facts).differences if one.number == 2]
    assert words[0].startswith("trial 2 would not be started: ")


def _nth(facts: list[Fact], kind: FactKind, count: int) -> int:
    return [at for at, fact in enumerate(facts) if fact.kind is kind][count]
