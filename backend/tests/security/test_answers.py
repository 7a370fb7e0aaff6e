"""What every answer carries, what it does not tell, and how much may be sent."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from hypertrainer.security.body_limit import MAX_BODY_BYTES
from tests.security.small_app import BEARER, code, connect, make_app

# --- answers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/health", "/things", "/broken", "/favicon.svg"])
async def test_every_answer_carries_the_strict_headers(
    client: httpx.AsyncClient, path: str
) -> None:
    headers = (await client.get(path, headers=BEARER)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "cache-control" in headers


async def test_the_page_may_load_its_own_files_only(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/")).headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "script-src" not in policy
    assert "http" not in policy


async def test_what_the_api_answers_is_not_stored(client: httpx.AsyncClient) -> None:
    answer = await client.get("/things", headers=BEARER)
    assert answer.headers["cache-control"] == "no-store"
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_assets_are_kept_for_ever_and_the_page_is_asked_for_again(
    client: httpx.AsyncClient,
) -> None:
    assert "immutable" in (await client.get("/assets/app-1a2b.js")).headers["cache-control"]
    assert (await client.get("/")).headers["cache-control"] == "no-cache"


async def test_an_unexpected_error_has_a_reference_and_no_detail(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/broken", headers=BEARER)
    assert (answer.status_code, code(answer)) == (500, "unexpected")
    assert "reference" in answer.json()["message"]
    assert "secret" not in answer.text


async def test_a_full_disk_is_told_as_such(client: httpx.AsyncClient) -> None:
    answer = await client.get("/full", headers=BEARER)
    assert (answer.status_code, code(answer)) == (507, "storage_failed")
    assert "/data/config.yaml" in answer.json()["message"]


@pytest.mark.parametrize("path", ["/assets/../secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt"])
async def test_files_outside_are_out_of_reach(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers=BEARER)
    assert answer.status_code in (401, 404)
    assert "classified" not in answer.text


async def test_a_link_out_of_the_static_folder_is_not_followed(
    client: httpx.AsyncClient, static: Path
) -> None:
    (static / "assets" / "out.js").symlink_to(static.parent / "secret.txt")
    assert (await client.get("/assets/out.js")).status_code == 404
    assert (await client.get("/assets/%00")).status_code == 404


async def test_without_a_built_page_the_answer_says_how_to_build_it(tmp_path: Path) -> None:
    async with connect(make_app(tmp_path / "none")) as client:
        answer = await client.get("/ui/tasks")
        assert answer.status_code == 503
        assert "make build" in answer.text
        assert (await client.get("/assets/app.js")).status_code == 404


async def test_the_docs_need_no_other_host(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs", headers=BEARER)
    assert page.status_code == 200
    assert "http" not in page.text
    assert "<script>" not in page.text
    assert "openapi.json" in (await client.get("/docs/start.js", headers=BEARER)).text


# --- size ------------------------------------------------------------------------------------


async def test_a_body_that_says_it_is_too_large_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/things", content=b"x" * (MAX_BODY_BYTES + 1), headers=BEARER)
    assert (answer.status_code, code(answer)) == (413, "body_too_large")


@pytest.mark.parametrize("path", ["/things", "/typed"])
async def test_a_body_that_does_not_say_its_size_is_counted(
    client: httpx.AsyncClient, path: str
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(6):
            yield b" " * 2**20

    headers = {"Content-Type": "application/json", **BEARER}
    answer = await client.post(path, content=endless(), headers=headers)
    assert (answer.status_code, code(answer)) == (413, "body_too_large")


async def test_the_largest_allowed_body_passes(client: httpx.AsyncClient) -> None:
    answer = await client.post("/things", content=b"x" * MAX_BODY_BYTES, headers=BEARER)
    assert answer.json() == MAX_BODY_BYTES
