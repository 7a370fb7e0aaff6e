"""Searches' histories in memory, for pages that ask again and again; extended by what is new."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.hpsearch.fact_rows import load_facts
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.service import get_search
from hypertrainer.hpsearch.spec import Spec

MAX_KEPT = 8


@dataclass(slots=True)
class _Kept:
    uuid: str
    history: History
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Histories:
    """The histories that were asked for last. One per application."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, _Kept] = OrderedDict()

    @asynccontextmanager
    async def of(self, session: AsyncSession, search_id: int) -> AsyncIterator[History]:
        """A search's history as it is now; nobody changes it until it is given back.

        Raises:
            NotFound: there is no such search.
        """
        search = await get_search(session, search_id)
        kept = self._kept.get(search_id)
        if kept is None or kept.uuid != search.uuid:
            kept = self._kept[search_id] = _Kept(search.uuid, History(Spec(), search.seed))
        self._kept.move_to_end(search_id)
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        async with kept.lock:
            facts = await load_facts(session, search_id, after=kept.history.seq)
            await asyncio.to_thread(kept.history.extend, facts)
            yield kept.history
