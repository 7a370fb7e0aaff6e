from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.labs.ssh import ssh, ssh_servers
from tests.platforms.places import LocalPlace

__all__ = ["ssh", "ssh_servers"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def local(tmp_path: Path, anyio_backend: str) -> AsyncIterator[LocalPlace]:
    place = LocalPlace(tmp_path)
    yield place
    await place.close()
