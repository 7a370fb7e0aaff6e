"""Whatever happens to a search: who remembers and who knows the facts alone say the same."""

import json
import math
from dataclasses import asdict
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from hypertrainer.errors import HyperTrainerError
from hypertrainer.hpsearch.facts import FactKind, TrialState
from hypertrainer.hpsearch.history import History, fold
from hypertrainer.hpsearch.samplers.base import Suggestion
from hypertrainer.hpsearch.samplers.memory import Memory
from hypertrainer.hpsearch.samplers.models import OF_STUDY
from hypertrainer.hpsearch.samplers.suggest import suggest
from hypertrainer.hpsearch.spec import (
    Algorithm,
    Direction,
    EarlyStopping,
    Failures,
    Objective,
    Parameter,
    Spec,
    StoppingRule,
)
from tests.hpsearch.logs_of_facts import FactLog
from tests.hpsearch.samplers.spaces import params

LOSS = Objective(metric="loss", direction=Direction.MINIMIZE)
GAIN = Objective(metric="gain", direction=Direction.MAXIMIZE)
ASHA = EarlyStopping(
    rules=(StoppingRule(rule="asha"),),
    metric="loss",
    direction=Direction.MINIMIZE,
    max_epochs=9,
)
OPTIONS = {"startup_trials": 3, "population": 4}
WORKERS = 3


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """Any algorithm that learns, over any space that it can search."""
    algorithms = (Algorithm.AUTO, Algorithm.TPE, Algorithm.NSGA2, Algorithm.CMAES)
    algorithm = draw(st.sampled_from(algorithms))
    goals = ((LOSS,),) if algorithm is Algorithm.CMAES else ((LOSS,), (LOSS, GAIN))
    return Spec(
        algorithm=algorithm,
        params=draw(params()),
        objectives=draw(st.sampled_from(goals)),
        early_stopping=draw(st.sampled_from((None, ASHA))),
        failures=Failures(tell=draw(st.sampled_from(("infeasible", "worst", "ignore")))),
        algorithm_options=OPTIONS,
    )


class Story:
    """A search to which anything may happen, told by a log of facts."""

    def __init__(self, spec: Spec, seed: int) -> None:
        self.log, self.random, self.memory = FactLog(spec, seed), Random(seed), Memory()

    def ask(self) -> bool:
        """Whether there was a point. It is the one of someone who knows the facts alone."""
        history = self.log.history
        found = _answer(history, self.memory)
        assert found == _answer(fold(history.seed, self.log.facts), Memory())
        if isinstance(found, str):
            return False
        data = json.loads(json.dumps({**asdict(found), "values": dict(found.values)}))
        self.log.add(FactKind.ASKED, history.next_number, data=data)
        return True

    def go_on(self) -> None:
        """One of the trials that run, if there are enough, comes to some end."""
        running = [trial.number for trial in self.log.history.open()]
        if len(running) >= WORKERS:
            self._end(self.random.choice(running))

    def complete(self, number: int) -> None:
        values = [self.random.random() for _ in self.log.history.spec.objectives]
        self.log.tell(number, values)

    def _end(self, number: int) -> None:
        spec = self.log.history.spec
        if spec.early_stopping:
            for epoch in range(1, self.random.choice((1, 2, 4, 10))):
                self.log.report(number, epoch, self._value())
        states = (TrialState.COMPLETE,) * 6 + (
            TrialState.FAILED,
            TrialState.FAILED,
            TrialState.STOPPED,
            TrialState.CANCELLED,
        )
        state = self.random.choice(states)
        is_told = state in (TrialState.COMPLETE, TrialState.STOPPED)
        values = [self._value() for _ in spec.objectives] if is_told else None
        self.log.tell(number, values, state)

    def _value(self) -> float:
        return self.random.choice((*(self.random.random() for _ in range(6)), 1.0, math.inf))

    def reopen(self) -> None:
        """A user tries a trial that is over once more."""
        over = [trial.number for trial in self.log.history.over()]
        if over:
            self.log.add(FactKind.REOPENED, self.random.choice(over))

    def revise(self, spec: Spec) -> None:
        self.log.add(FactKind.REVISED, data={"spec": spec.model_dump(mode="json")})


def _answer(history: History, memory: Memory) -> Suggestion | str:
    try:
        return suggest(history, history.next_number, memory)
    except HyperTrainerError as error:
        return error.message


@settings(max_examples=20, deadline=None)
@given(specs(), specs(), st.integers(0, 2**31))
def test_a_memory_changes_no_point(spec: Spec, edited: Spec, seed: int) -> None:
    story = Story(spec, seed)
    for turn in range(20):
        if turn in (8, 15):
            story.reopen()
        if turn == 12:
            changed = {"params": edited.params} if seed % 2 else {"failures": edited.failures}
            story.revise(spec.model_copy(update=changed))
        if not story.ask():
            return
        story.go_on()


def test_a_parent_that_runs_again_or_fits_no_more_is_none() -> None:
    params = (Parameter(path="width", low=0, high=1), Parameter(path="rate", low=0, high=1))
    spec = Spec(
        algorithm=Algorithm.NSGA2,
        params=params,
        objectives=(LOSS, GAIN),
        algorithm_options={"population": 4},
    )
    story = Story(spec, 1)

    def go_on(count: int) -> None:
        for _ in range(count):
            assert story.ask()
            story.complete(story.log.history.next_number - 1)

    go_on(30)
    parents = _parents(story.log)
    for number in parents[:-1]:
        story.log.add(FactKind.REOPENED, number)
    go_on(10)
    assert _parents(story.log) != parents
    only = story.log.history.trials[_parents(story.log)[0]].values["width"]
    narrow = params[0].model_copy(update={"low": only, "high": only})
    story.revise(spec.model_copy(update={"params": (narrow, params[1])}))
    go_on(12)


def _parents(log: FactLog) -> list[int]:
    """Of the newest generation that has any."""
    found: list[int] = []
    for trial in log.history.trials.values():
        for numbers in trial.attrs.get(OF_STUDY, {}).values():
            found = numbers
    return found
