"""A search's row, or why there is none."""

from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.errors import NotFound
from hypertrainer.hpsearch.tables import Search


async def get_search(session: AsyncSession, search_id: int) -> Search:
    """The search's row.

    Raises:
        NotFound: there is no such search.
    """
    search = await session.get(Search, search_id)
    if search is None:
        raise NotFound(f"There is no search {search_id}.")
    return search
