"""Names of this server that are answered, and pages of others that change nothing."""

from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.security.access import host_name, is_loopback, is_same_origin
from tests.security.small_app import (
    BASE,
    BEARER,
    COOKIE,
    EVERYWHERE,
    TOKEN,
    code,
    connect,
    make_app,
)

# --- Host ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:5000", "127.0.0.1:5000", "[::1]:9", "box"]
)
async def test_our_own_names_are_answered(static: Path, host: str) -> None:
    async with connect(make_app(static, allowed_hosts=("box",))) as client:
        assert (await client.get("/health", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:5000",
        "localhost.evil.example",
        "192.168.1.5",
        "",
        "[::1",
        "[::1]x",
        "a@localhost",
    ],
)
async def test_a_foreign_host_is_refused_even_with_the_token(
    client: httpx.AsyncClient, host: str
) -> None:
    answer = await client.get("/health", headers={"Host": host, **BEARER})
    assert (answer.status_code, code(answer)) == (403, "forbidden")


async def test_the_refusal_of_a_host_names_the_remedy(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health", headers={"Host": "gpu.lab:5000"})
    assert "HYPERTRAINER_ALLOWED_HOSTS=gpu.lab" in answer.json()["message"]


async def test_two_host_headers_are_refused(client: httpx.AsyncClient) -> None:
    headers = [("Host", "localhost"), ("Host", "localhost")]
    assert (await client.get("/health", headers=headers)).status_code == 403


async def test_an_allowed_host_with_a_port_is_that_port_alone(static: Path) -> None:
    async with connect(make_app(static, allowed_hosts=("box:80",))) as client:
        assert (await client.get("/health", headers={"Host": "box:80"})).status_code == 200
        assert (await client.get("/health", headers={"Host": "box:81"})).status_code == 403


async def test_a_server_open_to_the_network_answers_to_numbers_but_not_to_names(
    static: Path,
) -> None:
    async with connect(make_app(static, host=EVERYWHERE)) as client:
        assert (
            await client.get("/health", headers={"Host": "192.168.1.5:5000"})
        ).status_code == 200
        assert (await client.get("/health", headers={"Host": "[fe80::1]:5000"})).status_code == 200
        assert (await client.get("/health", headers={"Host": "evil.example"})).status_code == 403


# --- Origin ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "http://localhost:3000", "http://localhost", "null", "http://["],
)
@pytest.mark.parametrize("credentials", [BEARER, COOKIE])
async def test_another_sites_page_changes_nothing(
    client: httpx.AsyncClient, origin: str, credentials: dict[str, str]
) -> None:
    answer = await client.post("/things", headers={"Origin": origin, **credentials})
    assert (answer.status_code, code(answer)) == (403, "forbidden")


async def test_our_own_page_may_change_things(client: httpx.AsyncClient) -> None:
    answer = await client.post("/things", headers={"Origin": BASE, **COOKIE})
    assert answer.status_code == 200


async def test_a_default_port_may_be_left_out(static: Path) -> None:
    async with connect(make_app(static), "http://localhost") as client:
        headers = {"Origin": "http://localhost", "Host": "localhost:80", **COOKIE}
        assert (await client.post("/things", headers=headers)).status_code == 200


async def test_a_script_with_the_token_needs_no_origin(client: httpx.AsyncClient) -> None:
    assert (await client.post("/things", headers=BEARER)).status_code == 200


async def test_a_cookie_alone_must_say_where_it_comes_from(client: httpx.AsyncClient) -> None:
    assert (await client.post("/things", headers=COOKIE)).status_code == 403
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 200)):
        headers = {"Sec-Fetch-Site": site, **COOKIE}
        assert (await client.post("/things", headers=headers)).status_code == status


async def test_a_foreign_page_cannot_sign_a_browser_in(client: httpx.AsyncClient) -> None:
    headers = {"Origin": "http://evil.example"}
    answer = await client.post("/session", json={"token": TOKEN}, headers=headers)
    assert answer.status_code == 403


@given(st.text(), st.text())
def test_any_text_as_origin_and_host_is_judged_without_an_error(origin: str, host: str) -> None:
    assert is_same_origin(origin, host) in (True, False)
    assert is_same_origin(f"http://{origin}", host) in (True, False)
    assert isinstance(host_name(host), str)


def test_loopback_is_known_in_every_spelling() -> None:
    assert all(
        is_loopback(host) for host in ("localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]")
    )
    assert not any(is_loopback(host) for host in (EVERYWHERE, "::", "10.0.0.1", "example.org", ""))
