"""What a user installs: the locks, and the wheel in an empty environment without Node."""

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement

from tests.served import Served, serving

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
BIN = Path(sys.executable).parent
LARGEST_ENVIRONMENT_MB = 510


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_place_that_packages_come_from(lock: str) -> None:
    assert re.findall(r"https?://\S*|file:\S*|--\S*(?:index|find-links)\S*", _text(lock)) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_package_with_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n", "", _text(lock), flags=re.M))
    assert len(entries) > 20
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_the_locks_hold_what_pyproject_asks_for() -> None:
    project = tomllib.loads(_text("pyproject.toml"))
    wanted = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-dev.lock": project["project"]["dependencies"]
        + project["dependency-groups"]["dev"],
    }
    problems = [
        f"{lock}: {requirement}"
        for lock, requirements in wanted.items()
        for requirement in map(Requirement, requirements)
        if not requirement.specifier.contains(_pins(lock).get(_normal(requirement.name), "0"))
    ]
    assert problems == [], "run `make lock`"


def test_tests_run_with_what_users_get() -> None:
    users, developers = (_pins(lock) for lock in LOCKS)
    assert {name: developers.get(name) for name in users} == users


def test_the_front_ends_lock_names_no_place_that_packages_come_from() -> None:
    assert '"resolved"' not in _text("frontend/package-lock.json")


def test_the_front_ends_lock_holds_every_systems_programs() -> None:
    packages = json.loads(_text("frontend/package-lock.json"))["packages"]
    named = {
        name for package in packages.values() for name in package.get("optionalDependencies", {})
    }
    locked = {path.rpartition("node_modules/")[2] for path in packages}
    assert named - locked == set(), "`npm ci` refuses this lock"


@pytest.mark.parametrize("script", ["start.sh", ".ci/run", "tools/python", "tools/node"])
def test_scripts_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    subprocess.run(["bash", "-n", str(ROOT / script)], check=True)


@pytest.mark.slow
def test_a_second_set_up_has_nothing_to_do() -> None:
    subprocess.run(["make", "setup"], cwd=ROOT, check=True, capture_output=True)
    again = subprocess.run(["make", "--question", "setup"], cwd=ROOT, check=False)
    assert again.returncode == 0


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert (ROOT / "backend/hypertrainer/static/index.html").is_file(), "run `make setup` first"
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    subprocess.run([*command, "--outdir", str(folder), str(ROOT)], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel, and nothing but the locked packages under it."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    settings = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_CONFIG": "1"}

    def uv(*arguments: str) -> None:
        subprocess.run([str(BIN / "uv"), *arguments], check=True, env=settings, timeout=300)

    into = ("--quiet", "--python", str(folder))
    uv("venv", "--quiet", "--python", sys.executable, str(folder))
    uv("pip", "install", *into, "--require-hashes", "-r", str(ROOT / "requirements.lock"))
    uv("pip", "install", *into, "--no-deps", str(wheel))
    uv("pip", "check", *into)
    return folder


@pytest.fixture
def server(environment: Path, tmp_path: Path) -> Iterator[Served]:
    with serving(environment / "bin/hypertrainer", tmp_path, path=str(environment / "bin")) as url:
        yield url


@pytest.mark.slow
def test_the_wheel_holds_all_that_the_server_needs(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for pattern in (
        r"static/index\.html",
        r"static/assets/.+\.js",
        r"migrations/versions/.+\.py",
        r"platforms/wrapper\.sh",
        r"sample/dummy\.py",
        r"sample/(epochs|plot|hp)_test\.yaml",
        r"py\.typed",
    ):
        assert any(re.fullmatch(f"hypertrainer/{pattern}", name) for name in names), pattern


@pytest.mark.slow
def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    wrong = r"(?!hypertrainer(/|-[\d.]+\.dist-info/))|.*(__pycache__|/tests?/|node_modules|\.map$)"
    assert [name for name in names if re.match(wrong, name)] == []


@pytest.mark.slow
def test_the_installed_wheel_serves_the_dashboard_without_node(server: Served) -> None:
    with httpx.Client(base_url=server.url) as client:
        assert client.get("/health").json()["status"] == "ok"
        page = client.get("/")
        assert page.status_code == 200
        assert '<div id="root">' in page.text
        (script, *_) = re.findall(r'src="(/assets/[^"]+\.js)"', page.text)
        asset = client.get(script)
        assert asset.status_code == 200
        assert "javascript" in asset.headers["content-type"]


@pytest.mark.slow
def test_the_installed_wheel_brings_the_samples(server: Served) -> None:
    answer = httpx.get(f"{server.url}/files", params={"kind": "script"}, headers=server.headers)
    assert "dummy.py" in answer.text


@pytest.mark.slow
def test_the_installed_environment_is_small(
    environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes = [path.stat().st_size for path in environment.rglob("*") if not path.is_symlink()]
    megabytes = sum(sizes) / 1_000_000
    with capsys.disabled():
        sys.stdout.write(f"\nThe installed environment has {megabytes:.0f} MB.\n")
    assert megabytes < LARGEST_ENVIRONMENT_MB


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _pins(lock: str) -> dict[str, str]:
    """The packages a lock installs on this machine, with their versions."""
    lines = re.findall(r"^([a-z0-9][^\s;\\]*==[^\\\n]*)", _text(lock), flags=re.M)
    pinned = [Requirement(line.strip()) for line in lines]
    return {
        _normal(one.name): next(iter(one.specifier)).version
        for one in pinned
        if one.marker is None or one.marker.evaluate()
    }


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
