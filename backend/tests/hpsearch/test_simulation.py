"""The simulator itself: what benchmarks say rests on it."""

from collections.abc import Iterator, Mapping
from typing import Any

from hypertrainer.hpsearch.facts import FactKind, TrialState
from hypertrainer.hpsearch.history import fold
from hypertrainer.hpsearch.spec import Algorithm, Spec, StoppingRule
from tests.hpsearch.logs_of_facts import spec_with, stopping
from tests.hpsearch.simulation import Crash, Simulation

ASHA = StoppingRule(rule="asha")


def falling(values: Mapping[str, Any]) -> Iterator[float]:
    """A loss that falls to the width."""
    epoch = 0
    while True:
        epoch += 1
        yield values["width"] + 1 / epoch


def short(values: Mapping[str, Any]) -> Iterator[float]:
    """Two epochs, of which a wide one crashes in the second."""
    yield 1.0
    if values["width"] > 0.5:
        raise Crash("out of memory")
    yield 0.5


def search(**changes: Any) -> Spec:
    values: dict[str, Any] = {"algorithm": Algorithm.RANDOM} | changes
    return spec_with(stopping(ASHA), **values)


def test_a_budget_of_epochs_is_used_up_exactly() -> None:
    simulation = Simulation(search(), 1, falling, workers=4, epochs_budget=540).run()
    assert len(simulation.trained) == simulation.trained[-1].num_epochs == 540
    assert sum(fact.data["epochs"] for fact in simulation.facts if fact.kind is FactKind.TOLD) > 0
    assert not list(simulation.history.open())


def test_the_history_is_the_fold_of_the_facts() -> None:
    simulation = Simulation(search(), 1, falling, workers=4, epochs_budget=100).run()
    assert fold(1, simulation.facts) == simulation.history


def test_late_cancels_cost_epochs() -> None:
    counts = [
        len(Simulation(search(), 1, falling, 4, 540, cancel_seconds=seconds).run().history.trials)
        for seconds in (0, 1, 3)
    ]
    assert counts[0] > 150
    assert counts == sorted(counts, reverse=True)
    assert counts[2] < 0.6 * counts[0]


def test_scripts_that_end_or_crash_end_their_trials() -> None:
    spec = spec_with(None, n_trials=10, algorithm=Algorithm.RANDOM)
    simulation = Simulation(spec, 3, short, workers=3, epochs_budget=1_000).run()
    for trial in simulation.history.trials.values():
        is_wide = trial.values["width"] > 0.5
        assert trial.state is (TrialState.FAILED if is_wide else TrialState.COMPLETE)
        assert trial.objectives == (None if is_wide else (0.5,))


def test_wider_points_may_take_longer() -> None:
    spec = spec_with(None, n_trials=2, algorithm=Algorithm.RANDOM)
    simulation = Simulation(
        spec, 3, short, 1, 100, poll_epochs=0, epoch_seconds=lambda values: values["width"]
    ).run()
    first = simulation.history.trials[0].values["width"]
    assert simulation.trained[0].seconds == first
