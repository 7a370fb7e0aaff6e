"""A search that learns, what users do to it, and what is known of it then."""

from typing import Any

from hypertrainer.hpsearch.fact_rows import add_facts, load_facts
from hypertrainer.hpsearch.facts import Fact, FactKind
from hypertrainer.hpsearch.tables import Search, Trial
from tests.api import MNIST, Api

LEARNING = (
    MNIST
    + """\
hpsearch:
  algorithm: tpe
  n_trials: 20
  max_concurrent: 2
  seed: 7
  objective: {metric: loss, direction: minimize}
  params:
    training.learning_rate: {low: 1.0e-4, high: 1.0e-2, log: true}
"""
)


async def learning(api: Api, text: str = LEARNING) -> int:
    """A search of which no trial was started."""
    made = await api.search(config=None, config_text=text)
    assert made["tasks"] == []
    search_id: int = made["search"]["id"]
    return search_id


async def act(api: Api, search_id: int, verb: str, code: int = 200, **body: Any) -> Any:
    answer = await api.post(f"/hpsearch/{search_id}/{verb}", **body)
    assert answer.status_code == code, answer.text
    return answer.json()


async def edit(api: Api, search_id: int, code: int = 200, *, dry: bool = False, **body: Any) -> Any:
    answer = await api.client.patch(f"/hpsearch/{search_id}", json=body, params={"dry_run": dry})
    assert answer.status_code == code, answer.text
    return answer.json()


async def facts_of(api: Api, search_id: int) -> list[Fact]:
    async with api.database.reading() as session:
        return await load_facts(session, search_id)


async def row_of(api: Api, search_id: int) -> Search:
    async with api.database.reading() as session:
        return await session.get_one(Search, search_id)


async def pretend(api: Api, search_id: int, num_trials: int) -> None:
    """As if the engine had started so many trials."""
    async with api.database.transaction() as session:
        search = await session.get_one(Search, search_id)
        for number in range(num_trials):
            values = {"training.learning_rate": 1e-3}
            data = {"values": values, "inactive": [], "origin": "sampler"}
            add_facts(session, search, [Fact(0, FactKind.ASKED, number, data=data)])
            session.add(Trial(search_id=search_id, number=number, params=values))
        search.num_trials = num_trials
