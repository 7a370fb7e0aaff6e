"""Facts as rows, and back; and the one way to add some."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from math import inf, isfinite, isnan, nan
from typing import Any

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from hypertrainer.hpsearch.facts import Fact, FactKind
from hypertrainer.hpsearch.tables import Search, SearchFact, saved_search_id

# What a column of numbers cannot hold: SQLite makes null of nan.
NUMBERS = {"nan": nan, "inf": inf, "-inf": -inf}
NUMBER = "number"
FACTS_AT_ONCE = 500  # others are served between two pages
COLUMNS = [
    col(getattr(SearchFact, name)) for name in ("seq", "kind", "number", "epoch", "value", "data")
]


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
    return _fact(row.seq, row.kind, row.number, row.epoch, row.value, dict(row.data))


def _fact(
    seq: int,
    kind: str,
    number: int | None,
    epoch: int | None,
    value: float | None,
    data: dict[str, Any],
) -> Fact:
    word = data.pop(NUMBER, None)
    return Fact(seq, FactKind(kind), number, epoch, value if word is None else NUMBERS[word], data)


async def read_facts(
    session: AsyncSession, search_id: int, after: int = 0
) -> AsyncIterator[list[Fact]]:
    """A search's facts in their order, from the one after `after` on, page by page."""
    query = Select[*tuple[Any, ...]](*COLUMNS).where(col(SearchFact.search_id) == search_id)
    query = query.order_by(col(SearchFact.seq)).limit(FACTS_AT_ONCE)
    while True:
        rows = await session.exec(query.where(col(SearchFact.seq) > after))
        facts = [_fact(*row) for row in rows]
        if facts:
            yield facts
        if len(facts) < FACTS_AT_ONCE:
            return
        after = facts[-1].seq
        await asyncio.sleep(0)


async def load_facts(session: AsyncSession, search_id: int, after: int = 0) -> list[Fact]:
    """All of these in one list."""
    return [fact async for page in read_facts(session, search_id, after) for fact in page]


def add_facts(session: AsyncSession, search: Search, facts: Sequence[Fact]) -> list[Fact]:
    """Add facts to a search in this order, numbered on from its newest one; as they are then."""
    numbered = [replace(fact, seq=search.last_seq + at) for at, fact in enumerate(facts, 1)]
    session.add_all(row_of(saved_search_id(search), fact) for fact in numbered)
    search.last_seq += len(facts)
    session.add(search)
    return numbered
