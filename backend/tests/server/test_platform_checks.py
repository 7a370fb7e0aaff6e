"""Looks at places, and the host keys that they show."""

import asyncio
from pathlib import Path
from typing import Any

import asyncssh
import httpx
import pytest
from fastapi import FastAPI

from hypertrainer.app import create_app
from hypertrainer.clock import utc_now
from hypertrainer.database import Database
from hypertrainer.dependencies import Services, Wakers
from hypertrainer.errors import PlatformUnreachable
from hypertrainer.events import Broker
from hypertrainer.monitor.platform_pass import PlatformState
from hypertrainer.platforms.base import ConditionKind, GpuLoad, Health, HostKey, Problem
from hypertrainer.platforms.fake import FakePlatform
from hypertrainer.platforms.registry import Registry
from hypertrainer.platforms.transports.ssh.host_keys import shown_key
from hypertrainer.security.access import AccessPolicy
from hypertrainer.server import platform_looks
from hypertrainer.settings import Settings
from tests.server.conftest import TOKEN
from tests.server.places import Background

GPU = GpuLoad("gpu1", "0", "A100", 40.0, 2**30, None)


def new_key(host: str = "gpu1", *, is_changed: bool = False) -> HostKey:
    return shown_key(host, 22, asyncssh.generate_private_key("ssh-ed25519"), is_changed=is_changed)


class GuardedPlace(FakePlatform):
    """A place in memory that lets us in once our file has its key."""

    def __init__(self, name: str, known_hosts: Path, key: HostKey) -> None:
        super().__init__(name)
        self.known_hosts = known_hosts
        self.key = key
        self.retries = 0

    def retry_now(self) -> None:
        self.retries += 1

    async def check(self) -> Health:
        if self.known_hosts.exists() and self.key.line in self.known_hosts.read_text():
            return Health(ConditionKind.OK, {"user": "ada"}, gpus=(GPU,))
        problem = Problem("The host key is not known yet.", "Compare it, then accept it.")
        return Health(ConditionKind.AUTH_NEEDED, {}, (problem,), self.key)


class DeafPlace(FakePlatform):
    """A place that never answers."""

    async def check(self) -> Health:
        await asyncio.Event().wait()
        raise AssertionError


class RaisingPlace(FakePlatform):
    """A place whose check breaks its promise."""

    async def check(self) -> Health:
        raise PlatformUnreachable("no route")


@pytest.fixture
def place(tmp_path: Path) -> GuardedPlace:
    return GuardedPlace("lab", tmp_path / "home" / "known_hosts", new_key())


@pytest.fixture
def services(
    tmp_path: Path, scripts: Path, sqlite_database: Database, place: GuardedPlace
) -> Services:
    """Those of a server with `lab`, which guards its door, its `twin`, and two that fail."""
    settings = Settings(home=tmp_path / "home", output=tmp_path / "output", path=(scripts,))
    settings.home.mkdir()
    twin = GuardedPlace("twin", place.known_hosts, place.key)
    fixed = [place, twin, DeafPlace("deaf"), RaisingPlace("broken")]
    registry = Registry(settings.platforms_file, settings.output, fixed=fixed)
    return Services(settings, sqlite_database, registry, Broker(), Wakers())


@pytest.fixture
def app(services: Services) -> FastAPI:
    return create_app(services, AccessPolicy.of(services.settings, TOKEN), has_loops=False)


async def looked(client: httpx.AsyncClient, name: str = "lab") -> Any:
    answer = await client.post(f"/platforms/{name}/check")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def accepted(
    client: httpx.AsyncClient, fingerprint: str, name: str = "lab"
) -> httpx.Response:
    return await client.post(f"/platforms/{name}/host-key", json={"fingerprint": fingerprint})


# --- platforms of the file ----------------------------------------------------------------------


async def test_a_check_shows_the_host_key_which_is_accepted_then(
    client: httpx.AsyncClient, services: Services, place: GuardedPlace
) -> None:
    found = await looked(client)
    assert found["condition"] == "auth_needed"
    assert found["why"] == "The host key is not known yet."
    assert found["problems"][0]["remedy"] == "Compare it, then accept it."
    assert found["host_key"] == {
        "host": "gpu1",
        "algorithm": "ssh-ed25519",
        "fingerprint": place.key.fingerprint,
        "is_changed": False,
    }
    assert (await client.get("/platforms/lab")).json()["host_key"] == found["host_key"]
    services.wakers.of_platform("lab").clear()
    answer = await accepted(client, place.key.fingerprint)
    assert (answer.status_code, answer.json()["condition"]) == (200, "ok")
    assert answer.json()["host_key"] is None
    assert answer.json()["gpus"][0]["load_percent"] == 40
    assert services.registry.known_hosts.read_text() == f"{place.key.line}\n"
    assert services.wakers.of_platform("lab").is_set()
    assert place.retries == 2


async def test_only_what_a_check_has_shown_of_this_place_is_accepted(
    client: httpx.AsyncClient, services: Services, place: GuardedPlace
) -> None:
    fingerprint = place.key.fingerprint
    refused = [await accepted(client, fingerprint)]
    await looked(client, "twin")
    refused += [await accepted(client, fingerprint)]
    await looked(client)
    refused += [await accepted(client, new_key().fingerprint)]
    for answer in refused:
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
        assert "Check again" in answer.json()["message"]
    assert not services.registry.known_hosts.exists()


async def test_a_key_that_was_shown_long_ago_is_not_accepted(
    client: httpx.AsyncClient, place: GuardedPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform_looks, "KEY_SECONDS", 0.0)
    await looked(client)
    assert (await accepted(client, place.key.fingerprint)).status_code == 409


async def test_a_changed_key_takes_the_old_ones_place(
    client: httpx.AsyncClient, services: Services, place: GuardedPlace
) -> None:
    await looked(client)
    await accepted(client, place.key.fingerprint)
    place.key = new_key(is_changed=True)
    assert (await looked(client))["host_key"]["is_changed"]
    assert (await accepted(client, place.key.fingerprint)).json()["condition"] == "ok"
    assert services.registry.known_hosts.read_text() == f"{place.key.line}\n"


async def test_a_file_of_keys_that_cannot_be_written_is_told(
    client: httpx.AsyncClient, services: Services, place: GuardedPlace
) -> None:
    await looked(client)
    services.registry.known_hosts.mkdir()
    answer = await accepted(client, place.key.fingerprint)
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_failed")


@pytest.mark.parametrize("body", [{}, {"fingerprint": ""}, {"fingerprint": 1}, {"key": "x"}, []])
async def test_a_key_is_named_by_its_fingerprint(client: httpx.AsyncClient, body: Any) -> None:
    assert (await client.post("/platforms/lab/host-key", json=body)).status_code == 422


async def test_a_place_that_does_not_answer_is_not_waited_for(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform_looks, "LOOK_SECONDS", 0.05)
    for name, words in (("deaf", "0.05 seconds"), ("broken", "no route")):
        found = await looked(client, name)
        assert (found["condition"], words in found["why"]) == ("unreachable", True)
        assert found["problems"][0]["remedy"]


async def test_a_poll_that_came_through_since_outweighs_a_look_that_did_not(
    client: httpx.AsyncClient, background: Background
) -> None:
    await looked(client)
    background.places["lab"] = PlatformState(last_poll_at=utc_now())
    found = (await client.get("/platforms/lab")).json()
    assert (found["condition"], found["host_key"], found["problems"]) == ("ok", None, [])


async def test_a_look_that_came_through_outweighs_a_poll_before_it_that_did_not(
    client: httpx.AsyncClient, background: Background, place: GuardedPlace
) -> None:
    locked = PlatformState(ConditionKind.AUTH_NEEDED, "another key", condition_at=utc_now())
    background.places["lab"] = locked
    assert (await looked(client))["why"] == "another key"
    found = (await accepted(client, place.key.fingerprint)).json()
    assert (found["condition"], found["why"]) == ("ok", "")
    locked.condition_at = utc_now()
    assert (await client.get("/platforms/lab")).json()["condition"] == "auth_needed"


async def test_what_was_found_of_other_settings_is_forgotten(
    client: httpx.AsyncClient, services: Services
) -> None:
    assert (await looked(client, "local"))["checked_at"]
    body = {"type": "local", "settings": {"slots": 2}}
    await client.put("/platforms/local", json=body)
    assert (await client.get("/platforms/local")).json()["checked_at"] is None


# --- places that are not in the file ------------------------------------------------------------


async def test_a_place_is_looked_at_before_it_is_saved(
    client: httpx.AsyncClient, services: Services
) -> None:
    answer = await client.post("/platforms/check", json={"type": "local", "settings": {"slots": 2}})
    assert answer.status_code == 200
    assert answer.json()["facts"]["slots"] == "2"
    assert answer.json()["checked_at"]
    assert not services.settings.platforms_file.exists()


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"type": "shh"}, "type"),
        ({"name": "a b", "type": "local"}, "name"),
        ({"type": "ssh", "settings": {"host": "two words"}}, "settings.host"),
        ({"settings": {}}, "type"),
    ],
)
async def test_a_place_that_cannot_be_is_refused(
    client: httpx.AsyncClient, body: dict[str, Any], path: str
) -> None:
    answer = await client.post("/platforms/check", json=body)
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["path"] == path


async def test_no_key_is_accepted_of_a_place_that_was_not_looked_at(
    client: httpx.AsyncClient, services: Services
) -> None:
    body = {"type": "ssh", "settings": {"host": "gpu1"}, "fingerprint": "SHA256:x"}
    answer = await client.post("/platforms/host-key", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert not services.registry.known_hosts.exists()
