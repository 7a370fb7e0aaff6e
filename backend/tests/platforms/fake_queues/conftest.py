"""A fake queue in each of the five languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.labs.queue_places import SCHEDULERS, FakeQueuePlace


@pytest.fixture(params=SCHEDULERS)
def flavour(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def place(flavour: str, tmp_path: Path) -> Iterator[FakeQueuePlace]:
    place = FakeQueuePlace(tmp_path, flavour)
    yield place
    place.queue.close()
