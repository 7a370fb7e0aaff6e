"""A machine behind a real SSH server, from the first look until it is among the platforms."""

from pathlib import Path

import httpx
import pytest

from hypertrainer.dependencies import Services
from tests.labs.ssh import SshLab

pytestmark = pytest.mark.slow


async def test_a_machine_is_looked_at_its_key_accepted_and_then_it_is_well(
    client: httpx.AsyncClient, services: Services, ssh: SshLab, tmp_path: Path
) -> None:
    settings = {
        "host": f"127.0.0.1:{ssh.port('node')}",
        "key": str(ssh.folder / "id"),
        "ssh_config": str(ssh.folder / "ssh_config"),
        "output": str(tmp_path / "there"),
    }
    draft = {"type": "ssh", "settings": settings}
    found = (await client.post("/platforms/check", json=draft)).json()
    assert found["condition"] == "auth_needed", found
    fingerprint = found["host_key"]["fingerprint"]
    other = {**draft, "settings": {**settings, "slots": 2}, "fingerprint": fingerprint}
    assert (await client.post("/platforms/host-key", json=other)).status_code == 409
    answer = await client.post("/platforms/host-key", json={**draft, "fingerprint": fingerprint})
    assert answer.status_code == 204
    found = (await client.post("/platforms/check", json=draft)).json()
    assert (found["condition"], found["host_key"]) == ("ok", None), found
    body = {"name": "gpubox", **draft}
    assert (await client.post("/platforms", json=body)).status_code == 201
    assert (await client.post("/platforms/gpubox/check")).json()["facts"]["user"]
    await services.registry.aclose()
