"""How many commands may run at once on one connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Channels:
    """Hands out so many; fewer, once the host has refused more."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.limit = most
        self.num_open = 0  # those that the host has opened
        self._peak = 0  # as many were open at once
        self._num_taken = 0
        self._freed = asyncio.Condition()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Wait for one, and give it back."""
        async with self._freed:
            await self._freed.wait_for(lambda: self._num_taken < self.limit)
            self._num_taken += 1
        try:
            yield
        finally:
            self._num_taken -= 1
            async with self._freed:
                self._freed.notify_all()

    def opened(self) -> None:
        """The host has opened one."""
        self.num_open += 1
        self._peak = max(self._peak, self.num_open)

    def closed(self) -> None:
        """One that was open is no longer."""
        self.num_open -= 1

    def refused(self) -> None:
        """The host opens no more: ask for as many as there were at the most."""
        self.limit = max(1, min(self.limit, self._peak))

    def forget(self) -> None:
        """Ask for as many as wished again."""
        self.limit = self.most
