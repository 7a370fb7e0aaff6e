"""Who may ask, and what every answer carries: a small application behind the real middleware."""

import errno
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.errors import InvalidInput, StorageError
from hypertrainer.security.access import AccessPolicy, host_name, is_loopback, is_same_origin
from hypertrainer.security.body_limit import MAX_BODY_BYTES
from hypertrainer.security.stack import install_security
from hypertrainer.security.token import load_or_create_token
from hypertrainer.server import pages, session
from hypertrainer.server.errors import install_error_handlers
from hypertrainer.settings import Settings

TOKEN = "a-token-for-these-tests-only"  # noqa: S105 - opens nothing
BEARER = {"Authorization": f"Bearer {TOKEN}"}
JSON = {"Content-Type": "application/json"}
COOKIE = {"Cookie": f"hypertrainer_5000={TOKEN}"}
EVERYWHERE = "0.0.0.0"  # noqa: S104 - a setting; nothing is bound
BASE = "http://localhost:5000"


def make_app(static: Path, **settings: Any) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None)
    app.state.static_folder = static

    @app.get("/health")
    async def health() -> str:
        return "ok"

    @app.get("/things")
    async def things() -> list[str]:
        return ["thing"]

    @app.post("/things")
    async def create(request: Request) -> int:
        return len(await request.body())

    @app.post("/typed")
    async def typed(body: dict[str, Any]) -> int:
        return len(body)

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("a secret detail")

    @app.get("/full")
    async def full() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/config.yaml")

    for router in (session.router, pages.router):
        app.include_router(router)
    install_error_handlers(app)
    install_security(app, AccessPolicy.of(Settings(**settings), TOKEN), static)
    return app


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<html>the page</html>")
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "app-1a2b.js").write_text("start()")
    (tmp_path / "secret.txt").write_text("classified")
    return folder


def connect(app: FastAPI, base: str = BASE) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=base)


@pytest.fixture
async def client(static: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(make_app(static)) as client:
        yield client


def code(answer: httpx.Response) -> str:
    body = answer.json()
    assert set(body) == {"code", "message", "fields"}
    assert body["message"]
    return str(body["code"])


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
