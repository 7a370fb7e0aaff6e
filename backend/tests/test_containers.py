"""The container files, and the dashboard served apart from the API by a plain nginx."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from hypertrainer.security.headers import PAGE_POLICY
from tests.served import Served, free_port, has_command, serving

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "backend/hypertrainer/static"
COMPOSE: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILES = sorted((ROOT / "docker").glob("Dockerfile.*"))
TEMPLATE = (ROOT / "docker/nginx.conf.template").read_text()


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_waits_only_for_services_with_a_health_check(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        assert other in SERVICES
        assert how["condition"] == "service_healthy"
        assert "healthcheck" in SERVICES[other]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_uses_only_volumes_that_are_declared(name: str) -> None:
    sources = [volume.split(":")[0] for volume in SERVICES[name].get("volumes", [])]
    assert {source for source in sources if source[0] not in "./~$"} <= set(COMPOSE["volumes"])


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_published_on_this_machine_alone(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_a_health_check_and_comes_back(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    secrets = re.findall(r"\$\{(\w*(?:TOKEN|PASSWORD))(\W*)", text)
    assert {name for name, how in secrets if how == ":?"} == {name for name, _ in secrets}
    assert not [name for name, how in secrets if how.startswith((":-", "-"))]


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_a_dockerfile_copies_what_there_is_and_what_the_context_lets_in(dockerfile: Path) -> None:
    admitted = tuple(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), flags=re.M))
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile.read_text(), flags=re.M)
    sources = [source for line in copied for source in line.split()]
    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert [source for source in sources if not source.startswith(admitted)] == []


def test_nginx_sends_the_pages_with_the_servers_own_policy() -> None:
    assert f'Content-Security-Policy "{PAGE_POLICY}"' in TEMPLATE


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("server")
    program = Path(sys.executable).with_name("hypertrainer")
    with serving(program, folder, path="/usr/bin:/bin") as served:
        yield served


@pytest.fixture(scope="module")
def site(server: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Debian's nginx with the image's configuration in front of a real server."""
    if not has_command("nginx"):
        pytest.skip("nginx is not installed (apt-get install nginx-light)")
    assert (STATIC / "index.html").is_file(), "run `make setup` first"
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    configuration = _configuration(folder, port, upstream=server.url.removeprefix("http://"))
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/opt/homebrew/bin")
    command = [str(program), "-p", str(folder), "-c", str(configuration), "-g", "daemon off;"]
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen(command, stderr=said)
    try:
        site = Served(f"http://127.0.0.1:{port}", server.headers)
        _wait_for(site, process, folder / "said.txt")
        yield site
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.slow
def test_nginx_serves_the_pages_of_the_app_itself(site: Served) -> None:
    for path in ("/", "/ui/tasks", "/ui/searches/7"):
        page = httpx.get(site.url + path)
        assert '<div id="root">' in page.text
        assert page.headers["cache-control"] == "no-cache"
        assert page.headers["x-frame-options"] == "DENY"
        assert "via" not in page.headers
    (script, *_) = re.findall(r'src="(/assets/[^"]+\.js)"', page.text)
    asset = httpx.get(site.url + script)
    assert asset.is_success
    assert asset.headers["cache-control"] == "max-age=31536000"
    assert httpx.get(f"{site.url}/favicon.svg").is_success


@pytest.mark.slow
def test_nginx_passes_the_api_on(site: Served) -> None:
    assert httpx.get(f"{site.url}/health").json()["status"] == "ok"
    refused = httpx.get(f"{site.url}/tasks")
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    assert httpx.get(f"{site.url}/tasks", headers=site.headers).json()["total"] == 0
    assert httpx.get(f"{site.url}/openapi.json", headers=site.headers).json()["paths"]
    assert len(refused.headers.get_list("content-security-policy")) == 1


@pytest.mark.slow
def test_the_printed_link_signs_a_browser_in_through_nginx(site: Served) -> None:
    token = site.headers["Authorization"].split()[1]
    with httpx.Client(base_url=site.url) as browser:
        for page in ("/", "/ui/tasks"):
            answer = browser.get(page, params={"token": token})
            assert (answer.status_code, answer.headers["location"]) == (303, page)
        assert browser.get("/tasks").is_success
        name = {"name": "x"}
        own = browser.patch("/tasks/1", json=name, headers={"Origin": site.url})
        assert own.status_code == 404
        foreign = browser.patch("/tasks/1", json=name, headers={"Origin": "http://evil.example"})
        assert foreign.status_code == 403


@pytest.mark.slow
def test_events_pass_through_nginx_as_they_come(site: Served) -> None:
    started = time.monotonic()
    with httpx.stream("GET", f"{site.url}/events", headers=site.headers, timeout=20) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert next(stream.iter_lines()) is not None
    assert time.monotonic() - started < 20


def _configuration(folder: Path, port: int, upstream: str) -> Path:
    """The image's block inside the smallest nginx.conf that runs without root, all in `folder`."""
    block = TEMPLATE
    values = {"API_UPSTREAM": upstream, "WEB_PORT": f"127.0.0.1:{port}", "WEB_ROOT": str(STATIC)}
    for name, value in values.items():
        block = block.replace(f"${{{name}}}", value)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    types = "types { text/html html; text/javascript js; text/css css; image/svg+xml svg; }"
    user = "user root;\n" if Path.home() == Path("/root") else ""  # workers read a root-only folder
    path = folder / "nginx.conf"
    path.write_text(
        f"{user}pid {folder}/nginx.pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{types}\n{folders}{block}}}\n"
    )
    return path


def _wait_for(site: Served, process: subprocess.Popen[bytes], said: Path) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{site.url}/ui/tasks", timeout=2)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nginx does not answer: {said.read_text()}")
