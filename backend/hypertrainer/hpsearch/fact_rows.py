"""Facts as rows, and back; and the one way to add some."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf, isfinite, isnan, nan

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.hpsearch.facts import Fact, FactKind
from hypertrainer.hpsearch.tables import Search, SearchFact, saved_search_id

# What a column of numbers cannot hold: SQLite makes null of nan.
NUMBERS = {"nan": nan, "inf": inf, "-inf": -inf}
NUMBER = "number"


def row_of(search_id: int, fact: Fact) -> SearchFact:
    """The row that keeps a fact."""
    value, data = fact.value, dict(fact.data)
    if value is not None and not isfinite(value):
        data[NUMBER] = "nan" if isnan(value) else "inf" if value > 0 else "-inf"
        value = None
    return SearchFact(
        search_id=search_id,
        seq=fact.seq,
        kind=fact.kind,
        number=fact.number,
        epoch=fact.epoch,
        value=value,
        data=data,
    )


def fact_of(row: SearchFact) -> Fact:
    """The fact that a row keeps."""
    data = dict(row.data)
    word = data.pop(NUMBER, None)
    value = row.value if word is None else NUMBERS[word]
    return Fact(row.seq, FactKind(row.kind), row.number, row.epoch, value, data)


async def load_facts(session: AsyncSession, search_id: int, after: int = 0) -> list[Fact]:
    """A search's facts in their order, from the one after `after` on."""
    query = (
        select(SearchFact)
        .where(col(SearchFact.search_id) == search_id, col(SearchFact.seq) > after)
        .order_by(col(SearchFact.seq))
    )
    return [fact_of(row) for row in await session.exec(query)]


def add_facts(session: AsyncSession, search: Search, facts: Sequence[Fact]) -> list[Fact]:
    """Add facts to a search in this order, numbered on from its newest one; as they are then."""
    numbered = [replace(fact, seq=search.last_seq + at) for at, fact in enumerate(facts, 1)]
    session.add_all(row_of(saved_search_id(search), fact) for fact in numbered)
    search.last_seq += len(facts)
    session.add(search)
    return numbered
