"""The client's own parts: finding the server, reading events, telling errors apart.

What it does with a real server is tested through the command line, in `tests/cli`.
"""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.client import Client
from hypertrainer.client.address import DEFAULT_HOME, DEFAULT_URL, ServerAddress, find_server
from hypertrainer.client.connection import ApiError, ServerUnreachable
from hypertrainer.client.event_stream import StreamedEvent, read_events
from hypertrainer.settings import Settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HYPERTRAINER_HOME", str(tmp_path))
    monkeypatch.delenv("HYPERTRAINER_URL", raising=False)
    monkeypatch.delenv("HYPERTRAINER_TOKEN", raising=False)
    return tmp_path


def store(home: Path, url: object = "http://127.0.0.1:5003") -> None:
    (home / "server.json").write_text(json.dumps({"url": url}))
    (home / "token").write_text("stored\n")


def test_the_client_looks_where_the_server_writes() -> None:
    default = Settings.model_fields["home"].default
    assert str(default) == DEFAULT_HOME
    assert Settings.model_fields["port"].default == int(DEFAULT_URL.rpartition(":")[2])


def test_what_serve_wrote_is_found(home: Path) -> None:
    store(home)
    found = find_server()
    assert (found.url, found.token) == ("http://127.0.0.1:5003", "stored")


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"pid": 3}', '{"url": ""}'])
def test_without_a_usable_record_the_default_is_tried(home: Path, text: str | None) -> None:
    if text is not None:
        (home / "server.json").write_text(text)
    assert find_server().url == DEFAULT_URL


def test_arguments_win_over_the_environment_and_that_over_the_home(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(home)
    monkeypatch.setenv("HYPERTRAINER_URL", "http://localhost:6000/")
    monkeypatch.setenv("HYPERTRAINER_TOKEN", "of the environment")
    assert find_server() == ServerAddress("http://localhost:6000", "of the environment")
    assert find_server("http://box", "given") == ServerAddress("http://box", "given")


def test_the_stored_token_is_not_sent_to_strangers(home: Path) -> None:
    store(home, "http://box.lab:5000")
    assert find_server("http://evil.example") == ServerAddress("http://evil.example", "")
    assert find_server("http://box.lab:5000/") == ServerAddress("http://box.lab:5000", "stored")
    assert find_server("http://localhost:5999") == ServerAddress("http://localhost:5999", "stored")
    assert find_server("http://[") == ServerAddress("http://[", "")


def test_the_token_does_not_show_when_an_address_is_printed(home: Path) -> None:
    store(home)
    assert "stored" not in repr(find_server())


# --- events ----------------------------------------------------------------------------------

words = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(words.filter(bool), words, words), max_size=5))
def test_events_are_read_as_they_were_written(events: list[tuple[str, str, str]]) -> None:
    lines = [": comment", "retry: 2000", ""]
    for kind, data, event_id in events:
        lines += [f"event: {kind}", f"data: {data}", f"id: {event_id}", ": ping", ""]
    expected = [StreamedEvent(*event) for event in events]
    assert list(read_events(lines)) == expected


def test_an_event_is_told_only_when_it_is_whole() -> None:
    lines = ["data: one", "data: two", "", "id: 4", "", "event: x", "", "data: cut off"]
    assert list(read_events(lines)) == [StreamedEvent("message", "one\ntwo", "")]


def test_an_id_holds_until_the_next_one() -> None:
    events = list(read_events(["id: 4", "data: a", "", "data:b", ""]))
    assert [(event.data, event.id) for event in events] == [("a", "4"), ("b", "4")]


# --- errors ----------------------------------------------------------------------------------


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """Some other program on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("status", [200, 302, 404, 500])
def test_another_program_on_the_port_is_recognised(home: Path, status: int) -> None:
    with (
        answering(status, b"<html>hello</html>") as url,
        Client(url) as client,
        pytest.raises(ApiError, match="HyperTrainer server"),
    ):
        client.health()


def test_an_error_carries_the_servers_words(home: Path) -> None:
    body = {"code": "conflict", "message": "It has ended.", "fields": []}
    with (
        answering(409, json.dumps(body).encode()) as url,
        Client(url) as client,
        pytest.raises(ApiError, match="It has ended") as caught,
    ):
        client.get_task(3)
    assert (caught.value.status, caught.value.body.code) == (409, "conflict")


def test_no_server_is_told_with_the_remedy(home: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))  # bound, but nobody listens
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with Client(url) as client, pytest.raises(ServerUnreachable, match="hypertrainer serve"):
            client.health()


def test_an_impossible_url_is_no_server_either(home: Path) -> None:
    with pytest.raises(ServerUnreachable), Client("http://[") as client:
        client.health()
