"""Loops of the test's own, and the wait for what they do."""

import asyncio
from collections.abc import Awaitable, Callable

from hypertrainer.monitor.supervisor import Loop

DEADLINE_SECONDS = 10
STEP_SECONDS = 0.005


class Work:
    """A pass that counts its rounds, fails as often as it is told to, and asks for an hour."""

    def __init__(self, failures: int = 0) -> None:
        self.rounds = 0
        self.failures = failures

    async def run_once(self) -> float:
        self.rounds += 1
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the disk is on fire")
        return 3_600.0


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(int(DEADLINE_SECONDS / STEP_SECONDS)):
        if condition():
            return
        await asyncio.sleep(STEP_SECONDS)
    raise AssertionError("it did not come to that")


def loop_of(
    work: Callable[[], Awaitable[float]], name: str = "work", timeout_seconds: float | None = 60.0
) -> Loop:
    return Loop(name, work, asyncio.Event(), timeout_seconds)
