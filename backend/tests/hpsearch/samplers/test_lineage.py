"""What is remembered of CMA-ES's generations is what would be computed anew."""

import pytest

from hypertrainer.hpsearch.facts import FactKind
from hypertrainer.hpsearch.history import fold
from hypertrainer.hpsearch.samplers.memory import Memory
from hypertrainer.hpsearch.samplers.suggest import suggest
from hypertrainer.hpsearch.spec import Algorithm, Parameter
from tests.hpsearch.logs_of_facts import FactLog, spec_with

PARAMS = (Parameter(path="width", low=0, high=1), Parameter(path="rate", low=1, high=9, log=True))


def ask(log: FactLog, memory: Memory) -> None:
    """One more trial, which is over at once; its point must be that of one without a memory."""
    number = log.history.next_number
    found = suggest(log.history, number, memory)
    assert found == suggest(fold(0, log.facts), number)
    data = {"values": found.values, "attrs": found.attrs}
    log.add(FactKind.ASKED, number, data=data)
    log.tell(number, [found.values["width"] + found.values["rate"]])


def test_a_trial_that_is_opened_again_changes_generations_that_were_closed() -> None:
    log = FactLog(spec_with(None, algorithm=Algorithm.CMAES, params=PARAMS))
    memory = Memory()
    for _ in range(20):
        ask(log, memory)
    log.add(FactKind.REOPENED, 2)
    for _ in range(5):
        ask(log, memory)
    log.tell(2, [-3.0])
    for _ in range(20):
        ask(log, memory)


@pytest.mark.parametrize("changes", [{"params": PARAMS[::-1]}, {"params": PARAMS[:1]}, {}])
def test_an_edited_search_is_evolved_anew(changes: dict[str, object]) -> None:
    log = FactLog(spec_with(None, algorithm=Algorithm.CMAES, params=PARAMS))
    memory = Memory()
    for _ in range(20):
        ask(log, memory)
    more = {"algorithm_options": {"population": 4}, **changes}
    spec = log.history.spec.model_copy(update=more)
    log.add(FactKind.REVISED, data={"spec": spec.model_dump(mode="json")})
    found = suggest(log.history, 20, memory)
    assert found == suggest(fold(0, log.facts), 20)
