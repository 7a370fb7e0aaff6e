"""Points as a whole: allowed by conditions and constraints, new, and what a user asked to try."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypertrainer.errors import NoPointLeft
from hypertrainer.hpsearch.facts import Origin, TrialState
from hypertrainer.hpsearch.history import History, PastTrial
from hypertrainer.hpsearch.samplers.base import Suggestion
from hypertrainer.hpsearch.samplers.memory import Memory
from hypertrainer.hpsearch.samplers.seeds import trial_seed
from hypertrainer.hpsearch.samplers.space import axis_of
from hypertrainer.hpsearch.samplers.suggest import suggest, suggest_many
from hypertrainer.hpsearch.spec import Algorithm, Condition, Direction, Objective, Parameter, Spec
from tests.hpsearch.samplers.spaces import params
from tests.hpsearch.samplers.test_axes import is_inside

LOSS = Objective(metric="loss", direction=Direction.MINIMIZE)
RATE = Parameter(path="rate", low=1e-5, high=1.0, log=True)
WIDTH = Parameter(path="width", type="int", low=1, high=100)
LAYERS = Parameter(path="layers", type="int", low=1, high=10)
NAME = Parameter(path="name", type="categorical", values=("sgd", "adam"))
MOMENTUM = Parameter(
    path="momentum", low=0.5, high=0.9, when=(Condition(path="name", values=("sgd",)),)
)
DRAWING = (Algorithm.RANDOM, Algorithm.SOBOL)


def random_search(*parameters: Parameter, **changes: Any) -> Spec:
    return Spec(**({"algorithm": Algorithm.RANDOM, "params": parameters} | changes))


def points(spec: Spec, count: int, seed: int = 1) -> list[Suggestion]:
    return list(suggest_many(History(spec, seed), count))


def told(spec: Spec, count: int, seed: int = 1) -> History:
    """A search of which so many trials were asked for and are over, each with some loss."""
    history, memory = History(spec, seed), Memory()
    for number in range(count):
        found = suggest(history, number, memory)
        trial = PastTrial(number, found.values, attrs=found.attrs, told_seq=number)
        history.trials[number] = trial
        history.seq += 1
        trial.state = TrialState.COMPLETE
        trial.objectives = (float(number * 7 % 5),) * len(spec.objectives)
    return history


def holds(parameter: Parameter, values: Mapping[str, Any]) -> bool:
    """Whether a parameter belongs to a point with these values."""
    if parameter.same_as is not None:
        return parameter.same_as in values
    return all(one.path in values and one.holds(values[one.path]) for one in parameter.when)


def check(spec: Spec, found: Suggestion) -> None:
    """Everything in it belongs there, and nothing that belongs there is missing."""
    every = {path for parameter in spec.params for path in parameter.paths}
    assert set(found.values) | set(found.inactive) == every
    assert not set(found.values) & set(found.inactive)
    for parameter in spec.params:
        assert holds(parameter, found.values) == (parameter.path in found.values)
        if parameter.path not in found.values:
            continue
        if parameter.same_as is not None:
            assert found.values[parameter.path] == found.values[parameter.same_as]
        elif parameter.is_zipped:
            assert tuple(found.values[path] for path in parameter.paths) in parameter.values
        else:
            assert is_inside(parameter, found.values[parameter.path])


@settings(deadline=None)  # the first Sobol point waits for scipy
@given(params(), st.sampled_from(DRAWING), st.integers(0, 2**31), st.integers(0, 10_000))
def test_every_point_belongs_to_its_space(
    parameters: tuple[Parameter, ...], algorithm: Algorithm, seed: int, number: int
) -> None:
    spec = Spec(algorithm=algorithm, params=parameters)
    if axis_count(parameters) or algorithm is Algorithm.RANDOM:
        check(spec, suggest(History(spec, seed), number if is_endless(spec) else 0))


def is_endless(spec: Spec) -> bool:
    """Whether its points never repeat, so that any may be asked for by itself."""
    is_plain = not any(parameter.when for parameter in spec.params)
    axes = [axis_of(parameter) for parameter in spec.params if parameter.type != "same"]
    return is_plain and any(axis.size is None for axis in axes)


def axis_count(parameters: tuple[Parameter, ...]) -> int:
    return sum(parameter.type != "same" for parameter in parameters)


@settings(max_examples=25, deadline=None)
@given(params(), st.sampled_from([Algorithm.TPE, Algorithm.NSGA2]))
def test_points_of_models_belong_to_their_space(
    parameters: tuple[Parameter, ...], algorithm: Algorithm
) -> None:
    options = {"startup_trials": 4, "population": 4}
    spec = Spec(
        algorithm=algorithm,
        params=(*parameters, RATE),
        objectives=(LOSS,),
        algorithm_options=options,
    )
    history = told(spec, 7)
    found = suggest(history, 7)
    check(spec, found)
    assert found.algorithm == algorithm


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.integers(10, 400))
def test_constraints_hold(seed: int, limit: int) -> None:
    constraints = (f"width * layers <= {limit}", "layers < width or width == 1", "metric(gb) < 2")
    for algorithm in DRAWING:
        spec = random_search(WIDTH, LAYERS, algorithm=algorithm, constraints=constraints)
        for found in points(spec, 5, seed):
            width, layers = found.values["width"], found.values["layers"]
            assert width * layers <= limit
            assert layers < width or width == 1
            assert found.seed == trial_seed(seed, points(spec, 5, seed).index(found), found.redraws)


def test_constraints_hold_for_points_of_a_model_too() -> None:
    spec = random_search(
        WIDTH, LAYERS, algorithm=Algorithm.TPE, objectives=(LOSS,), constraints=("width < 20",)
    )
    trials = told(spec, 40).trials.values()
    assert all(trial.values["width"] < 20 for trial in trials)


def test_a_constraint_sees_the_value_in_the_yaml_where_a_parameter_is_inactive() -> None:
    spec = random_search(
        NAME, MOMENTUM, constraints=("momentum >= 0.8",), base={"momentum": 0.0, "name": "sgd"}
    )
    found = points(spec, 20)
    assert {one.values["name"] for one in found} == {"sgd"}
    assert all(one.values["momentum"] >= 0.8 for one in found)


def test_a_constraint_that_holds_nowhere_ends_the_search_in_words() -> None:
    with pytest.raises(NoPointLeft, match=r"None of 1,000 random points satisfies `rate > 2`"):
        suggest(History(random_search(RATE, constraints=("rate > 2",)), 1), 0)
    with pytest.raises(NoPointLeft, match=r"satisfies `width > 200`"):
        suggest(History(random_search(WIDTH, constraints=("width > 200",)), 1), 0)


def test_each_point_of_a_countable_space_is_drawn_once_then_none_is_left() -> None:
    spec = random_search(NAME, LAYERS)
    found = points(spec, 100)
    assert len(found) == 20
    assert len({json.dumps(one.values) for one in found}) == 20
    history = told(spec, 20)
    with pytest.raises(NoPointLeft, match="All 20 points of the search space have been tried"):
        suggest(history, 20)


def test_a_model_too_tries_each_point_once() -> None:
    spec = random_search(NAME, LAYERS, algorithm=Algorithm.TPE, objectives=(LOSS,))
    history = told(spec, 20)
    counts = Counter(json.dumps(trial.values) for trial in history.trials.values())
    assert len(counts) == 20
    with pytest.raises(NoPointLeft):
        suggest(history, 20)


def test_a_point_further_on_is_the_one_that_will_be_asked_for() -> None:
    for spec in (random_search(NAME, LAYERS), random_search(RATE), random_search(NAME, MOMENTUM)):
        many = points(spec, 12)
        assert [suggest(History(spec, 1), number) for number in range(12)] == many
    with pytest.raises(NoPointLeft):
        suggest(History(random_search(NAME), 1), 2)


def test_points_to_try_first_come_first_and_what_they_lack_is_drawn() -> None:
    spec = random_search(
        RATE, WIDTH, NAME, MOMENTUM, try_first=({"rate": 5.0, "name": "adam"}, {"width": 7})
    )
    first, second, third = points(spec, 3)
    assert first.values["rate"] == 5.0  # outside of its range, as written
    assert first.inactive == ("momentum",)
    assert (first.origin, third.origin) == (Origin.TRY_FIRST, Origin.SAMPLER)
    assert second.values["width"] == 7
    assert 1e-5 <= second.values["rate"] <= 1.0


def test_a_point_to_try_first_that_constraints_forbid_is_never_started() -> None:
    spec = random_search(WIDTH, constraints=("width < 50",), try_first=({"width": 60},))
    found = points(spec, 1)[0]
    assert found.values["width"] < 50
    assert found.origin is Origin.SAMPLER


@pytest.mark.parametrize(
    ("changes", "first", "later"),
    [
        ({"params": (NAME, LAYERS), "n_trials": 20}, "grid", "grid"),
        ({"params": (NAME, LAYERS), "n_trials": 19, "objectives": (LOSS,)}, "sobol", "tpe"),
        ({"params": (RATE,), "n_trials": 20}, "sobol", "sobol"),
        ({"params": (RATE,), "objectives": (LOSS,)}, "sobol", "tpe"),
        ({"params": (RATE.model_copy(update={"count": 13}),), "n_trials": 13}, "grid", "grid"),
    ],
)
def test_the_automatic_choice(changes: Mapping[str, Any], first: str, later: str) -> None:
    spec = Spec(algorithm=Algorithm.AUTO, **changes)
    assert suggest(History(spec, 1), 0).algorithm == first
    assert suggest(told(spec, 12), 12).algorithm == later


def test_several_objectives_are_left_to_evolution_after_many_trials() -> None:
    spec = Spec(params=(RATE, WIDTH), objectives=(LOSS, LOSS.model_copy(update={"metric": "b"})))
    history = told(spec, 30)
    for trial in history.trials.values():
        trial.objectives = (trial.values["rate"], 1 / trial.values["width"])
    assert suggest(history, 30).algorithm == "tpe"
    for number in range(30, 250):
        values = {"rate": (number + 1) / 300, "width": 1 + number % 100}
        trial = PastTrial(number, values, told_seq=number)
        trial.state, trial.objectives = TrialState.COMPLETE, (values["rate"], 1.0)
        history.trials[number] = trial
    found = suggest(history, 250)
    assert found.algorithm == "nsga2"
    assert found.attrs["NSGAIISampler:generation"] == 1  # bred from what TPE had tried


def test_seeds_never_change_from_one_version_to_the_next() -> None:
    """A stored search must give its points again: these numbers are its contract."""
    # printf '0:0' | sha256sum | cut -c1-16, as a number
    assert trial_seed(0, 0) == 12426054289685354689
    assert trial_seed(0, 0, 1) != trial_seed(0, 0) != trial_seed(0, 1)
    rate = Parameter(path="training.lr", low=1e-4, high=1e-2, log=True)
    spec = random_search(rate)
    assert suggest(History(spec, 1), 0).values == {"training.lr": 0.005033349645865083}
