"""Somebody who asks the small application."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.security.small_app import connect, make_app


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<html>the page</html>")
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "app-1a2b.js").write_text("start()")
    (tmp_path / "secret.txt").write_text("classified")
    return folder


@pytest.fixture
async def client(static: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(make_app(static)) as client:
        yield client
