"""The token: who may ask, how one signs in, and the file that keeps it."""

import os
import stat
from pathlib import Path

import httpx
import pytest

from hypertrainer.errors import InvalidInput, StorageError
from hypertrainer.security.token import load_or_create_token
from hypertrainer.settings import Settings
from tests.security.small_app import BASE, BEARER, COOKIE, JSON, TOKEN, code, connect, make_app

# --- token -----------------------------------------------------------------------------------


async def test_without_a_token_the_api_is_closed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/things")
    assert (answer.status_code, code(answer)) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "hypertrainer serve" in answer.json()["message"]


@pytest.mark.parametrize("headers", [BEARER, COOKIE, {"authorization": f"bearer  {TOKEN}"}])
async def test_the_token_opens_the_api(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert (await client.get("/things", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong", **COOKIE},
        {"Cookie": f"hypertrainer_5001={TOKEN}"},
        {"Cookie": "hypertrainer_5000="},
        {"Authorization": "Bearer \xe9".encode("latin-1")},
    ],
)
async def test_a_wrong_token_opens_nothing(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    assert (await client.get("/things", headers=headers)).status_code == 401


@pytest.mark.parametrize("path", ["/nothing", "/docs", "/openapi.json", "/assets", "/health/x"])
async def test_even_what_does_not_exist_is_closed(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 401


@pytest.mark.parametrize(
    "path", ["/health", "/", "/ui", "/ui/tasks/3", "/favicon.svg", "/assets/app-1a2b.js"]
)
async def test_health_and_the_page_need_no_token(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 200


async def test_only_reading_the_open_paths_is_open(client: httpx.AsyncClient) -> None:
    assert (await client.post("/health")).status_code == 401
    assert (await client.get("/session")).status_code == 401


# --- signing in ------------------------------------------------------------------------------


async def test_the_printed_link_signs_in_and_hides_the_token(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/?token={TOKEN}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie
    assert (await client.get("/things")).status_code == 200


async def test_over_https_the_cookie_is_for_https_only(static: Path) -> None:
    async with connect(make_app(static), "https://localhost:5000") as client:
        assert "Secure" in (await client.get(f"/?token={TOKEN}")).headers["set-cookie"]


async def test_the_link_keeps_the_rest_of_its_address(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/ui/tasks%20x?sort=-id&token={TOKEN}&q=a%26b")
    assert answer.headers["location"] == "/ui/tasks%20x?sort=-id&q=a%26b"


@pytest.mark.parametrize("path", ["//evil.example/ui/", "/ui//evil.example", "/ui/%0d%0aX:%20y"])
async def test_the_link_never_leads_elsewhere(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"{BASE}{path}?token={TOKEN}")
    location = answer.headers.get("location", "/")
    assert location.startswith("/")
    assert not location.startswith("//")
    assert "\r" not in location


async def test_a_link_with_a_wrong_token_signs_nobody_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/?token=wrong")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "set-cookie" not in answer.headers


async def test_a_pasted_token_signs_in_and_out(client: httpx.AsyncClient) -> None:
    headers = {"Origin": BASE}
    answer = await client.post("/session", json={"token": f" {TOKEN}\n"}, headers=headers)
    assert answer.status_code == 204
    assert (await client.get("/things")).status_code == 200
    assert (await client.delete("/session", headers=headers)).status_code == 204
    assert (await client.get("/things")).status_code == 401


@pytest.mark.parametrize(
    "body", ['{"token": "wrong"}', r'{"token": "\ud800"}', "{}", "[]", "{", ""]
)
async def test_a_wrong_paste_is_told_so(client: httpx.AsyncClient, body: str) -> None:
    answer = await client.post("/session", content=body, headers=JSON)
    assert code(answer) in ("unauthenticated", "invalid_input")
    assert "set-cookie" not in answer.headers


# --- the token's file --------------------------------------------------------------------------


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_start_makes_a_token_that_only_the_owner_can_read(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "a" / "home")
    old_mask = os.umask(0)
    try:
        token = load_or_create_token(settings)
    finally:
        os.umask(old_mask)
    assert len(token) > 40
    assert mode_of(settings.token_file) == 0o600
    assert mode_of(settings.home) == 0o700
    assert load_or_create_token(settings) == token
    assert [path.name for path in settings.home.iterdir()] == ["token"]


def test_the_environments_token_wins_and_is_not_stored(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", token=TOKEN)
    assert load_or_create_token(settings) == TOKEN
    assert not settings.home.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_token_that_others_can_read_is_refused_with_a_remedy(tmp_path: Path, mode: int) -> None:
    settings = Settings(home=tmp_path)
    load_or_create_token(settings)
    settings.token_file.chmod(mode)
    with pytest.raises(InvalidInput, match="chmod 600"):
        load_or_create_token(settings)


@pytest.mark.parametrize("token", ["short", "", "tökens-are-ascii-only"])
def test_a_weak_stored_token_is_refused(tmp_path: Path, token: str) -> None:
    settings = Settings(home=tmp_path)
    settings.token_file.touch(mode=0o600)
    settings.token_file.write_text(token)
    with pytest.raises(InvalidInput, match="16 characters"):
        load_or_create_token(settings)


def test_a_home_that_cannot_be_made_is_told_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="HYPERTRAINER_HOME"):
        load_or_create_token(Settings(home=tmp_path / "file" / "home"))
