"""Points depend on what is known and on nothing else: no process, no memory, no order of asking.

Each search is run with four trials in flight by one that remembers everything, as long as it lives.
Then every point is asked for again by one that knows the facts alone, as rows keep them.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from importlib.util import find_spec
from typing import Any

import pytest

from hypertrainer.hpsearch.facts import Fact, FactKind
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.samplers.memory import Memory
from hypertrainer.hpsearch.samplers.suggest import suggest
from hypertrainer.hpsearch.spec import (
    Algorithm,
    Condition,
    Direction,
    EarlyStopping,
    Objective,
    Parameter,
    Spec,
    StoppingRule,
)
from tests.hpsearch.simulation import Crash, Simulation

RATE = Parameter(path="rate", low=1.0e-5, high=1.0, log=True)
WIDTH = Parameter(path="width", type="int", low=8, high=512, log=True)
DROPOUT = Parameter(path="dropout", low=0.0, high=0.5, step=0.05)
DECAY = Parameter(path="decay", distribution="lognormal", mean=-9.0, std=2.0)
NAME = Parameter(path="name", type="categorical", values=("sgd", "adam"))
MOMENTUM = Parameter(
    path="momentum", low=0.5, high=0.99, when=(Condition(path="name", values=("sgd",)),)
)
BETA = Parameter(path="beta", low=0.9, high=0.999, when=(Condition(path="name", values=("adam",)),))
NUMBERS = (RATE, WIDTH, DROPOUT)
GRID = (
    NAME,
    Parameter(path="layers", type="int", low=1, high=6),
    Parameter(path="size", type="ordinal", values=("s", "m", "l", "xl")),
)
LOSS = Objective(metric="loss", direction=Direction.MINIMIZE)
GAIN = Objective(metric="gain", direction=Direction.MAXIMIZE)
ASHA = EarlyStopping(
    rules=(StoppingRule(rule="asha"),),
    metric="loss",
    direction=Direction.MINIMIZE,
    min_epochs=1,
    max_epochs=9,
)

# By name: the spec, how many trials it is to come to, and which origins must be among them.
SEARCHES: dict[str, Spec] = {
    "random": Spec(
        algorithm=Algorithm.RANDOM, params=(*NUMBERS, NAME), n_trials=40, objectives=(LOSS,)
    ),
    "sobol": Spec(
        algorithm=Algorithm.SOBOL, params=(*NUMBERS, NAME), n_trials=40, objectives=(LOSS,)
    ),
    "grid": Spec(
        algorithm=Algorithm.GRID,
        params=GRID,
        n_trials=48,
        objectives=(LOSS,),
        algorithm_options={"shuffle": True},
    ),
    "tpe": Spec(
        algorithm=Algorithm.TPE, params=(*NUMBERS, DECAY, NAME), n_trials=120, objectives=(LOSS,)
    ),
    "tpe with conditions": Spec(
        algorithm=Algorithm.TPE,
        params=(RATE, NAME, MOMENTUM, BETA),
        n_trials=120,
        objectives=(LOSS,),
        constraints=("rate <= 0.5",),
    ),
    "tpe at rungs": Spec(
        algorithm=Algorithm.TPE,
        params=(*NUMBERS, NAME),
        n_trials=120,
        objectives=(LOSS,),
        early_stopping=ASHA,
    ),
    "tpe for two objectives": Spec(
        algorithm=Algorithm.TPE, params=(*NUMBERS, NAME), n_trials=60, objectives=(LOSS, GAIN)
    ),
    "cmaes": Spec(
        algorithm=Algorithm.CMAES, params=(*NUMBERS, DECAY), n_trials=120, objectives=(LOSS,)
    ),
    "cmaes at rungs": Spec(
        algorithm=Algorithm.CMAES,
        params=NUMBERS,
        n_trials=80,
        objectives=(LOSS,),
        early_stopping=ASHA,
        try_first=({"rate": 0.01, "width": 64, "dropout": 0.1},),
    ),
    "nsga2": Spec(
        algorithm=Algorithm.NSGA2,
        params=(*NUMBERS, NAME),
        n_trials=120,
        objectives=(LOSS, GAIN),
        algorithm_options={"population": 10},
    ),
}

if find_spec("torch") is not None:  # gigabytes, which are nobody's but those who want this sampler
    SOON = {"startup_trials": 8}
    SEARCHES["gp"] = Spec(
        algorithm=Algorithm.GP,
        params=(*NUMBERS, DECAY),
        n_trials=14,
        objectives=(LOSS,),
        algorithm_options=SOON,
    )
    SEARCHES["gp at rungs"] = Spec(
        algorithm=Algorithm.GP,
        params=(*NUMBERS, NAME),
        n_trials=14,
        objectives=(LOSS,),
        algorithm_options=SOON,
        constraints=("rate <= 0.5",),
        early_stopping=ASHA,
    )


def curve(values: Mapping[str, Any]) -> Iterator[Mapping[str, float]]:
    """Trials take from one to nine epochs, so that they end in another order than they began."""
    loss = abs(float(values.get("rate", 0.01)) - 0.01) + abs(values.get("width", 64) - 64) / 500
    loss += 0.1 * (values.get("name") == "sgd") + float(values.get("dropout", 0.0))
    if loss > 1.2:
        raise Crash("out of memory")
    for epoch in range(1, 2 + values.get("width", 7) % 9):
        yield {"loss": loss + 1 / epoch, "gain": float(values.get("width", 1.0))}


@cache
def facts_of(name: str) -> Sequence[Fact]:
    """The facts of a whole search, and what a database makes of them."""
    run = Simulation(SEARCHES[name], 7, curve, workers=4, epochs_budget=10_000).run()
    rows = json.loads(json.dumps([asdict(fact) for fact in run.facts]))
    return [Fact(**{**row, "kind": FactKind(row["kind"])}) for row in rows]


def point(found: Any) -> dict[str, Any]:
    """All of an answer that a fact keeps, as it keeps it."""
    keys = ("values", "inactive", "origin", "algorithm", "seed", "attrs", "redraws")
    kept = found if isinstance(found, Mapping) else asdict(found)
    plain: dict[str, Any] = json.loads(json.dumps({key: kept[key] for key in keys}))
    return plain


def asked(facts: Sequence[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.kind is FactKind.ASKED]


@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_rebuilt_for_every_question_has_the_same_points(name: str) -> None:
    facts = facts_of(name)
    assert len(asked(facts)) == SEARCHES[name].n_trials
    history = History(Spec(), 7)
    for fact in facts:
        if fact.kind is FactKind.ASKED:
            assert fact.number is not None
            assert point(suggest(history, fact.number)) == point(fact.data), fact.number
        history.add(fact)


@pytest.mark.parametrize("name", ["tpe", "tpe at rungs", "nsga2", "cmaes"])
def test_a_search_killed_now_and_then_has_the_same_points(name: str) -> None:
    history, memory = History(Spec(), 7), Memory()
    facts = facts_of(name)
    for fact in facts:
        if fact.number in (37, 90) and fact.kind is FactKind.ASKED:
            history, memory = History(Spec(), 7).extend(facts[: fact.seq - 1]), Memory()
        if fact.kind is FactKind.ASKED:
            assert point(suggest(history, fact.number or 0, memory)) == point(fact.data)
        history.add(fact)


AGAIN = """
import json, sys
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.samplers.suggest import suggest
from hypertrainer.hpsearch.spec import Spec
from tests.hpsearch.samplers.test_determinism import asked, facts_of, point
facts = facts_of(sys.argv[1])
fact = asked(facts)[-1]
history = History(Spec(), 7).extend(facts[: fact.seq - 1])
print(json.dumps([point(suggest(history, fact.number)), [point(one.data) for one in asked(facts)]]))
"""


@pytest.mark.parametrize("name", ["tpe with conditions", "nsga2"])
def test_another_process_has_the_same_points(name: str) -> None:
    """Where text has other hashes: the order of a set must not matter."""
    told = subprocess.run([sys.executable, "-c", AGAIN, name], capture_output=True, check=True)
    last, every = json.loads(told.stdout)
    assert every == [point(fact.data) for fact in asked(facts_of(name))]
    assert last == every[-1]


def test_samplers_take_over_from_their_first_points() -> None:
    origins = [fact.data["origin"] for fact in asked(facts_of("tpe"))]
    assert origins[:8] == ["startup"] * 8
    assert origins.count("sampler") > 90
    bred = [fact.data["attrs"] for fact in asked(facts_of("nsga2"))]
    assert max(one.get("NSGAIISampler:generation", 0) for one in bred) >= 4
    evolved = [fact.data["attrs"]["generation"] for fact in asked(facts_of("cmaes"))]
    assert max(evolved) >= 8


def test_no_two_trials_have_the_same_point() -> None:
    for name in SEARCHES:
        points = [json.dumps(fact.data["values"]) for fact in asked(facts_of(name))]
        assert len(set(points)) == len(points), name


def test_another_seed_gives_other_points() -> None:
    spec = SEARCHES["random"]
    one, other = (suggest(History(spec, seed), 0).values for seed in (1, 2))
    assert one != other
