"""Pages of lists: `{items, total}` with `offset` and `limit`."""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, Field

ItemT = TypeVar("ItemT")
MAX_LIMIT = 500
MAX_OFFSET = 1_000_000_000


class Page(BaseModel, Generic[ItemT]):
    """One page of a list, and how many items the whole list has."""

    items: list[ItemT]
    total: int


class PageParams(BaseModel):
    """Which page: `offset` items are skipped, at most `limit` are sent."""

    offset: Annotated[int, Field(ge=0, le=MAX_OFFSET)] = 0
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 100
