"""Commands of a queue that only the platform's setup makes known."""

from pathlib import Path

import pytest

from hypertrainer.platforms.base import Health, JobHandle, StopSignal
from hypertrainer.platforms.registry import Registry

LSID = "#!/bin/sh\necho 'IBM Spectrum LSF 10.1'\necho 'My cluster name is toy'\n"
HANDLE = JobHandle("k1", 1, "/nowhere/task", "7")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def cluster(folder: Path, *setup: str) -> Registry:
    """A platform `toy` with a setup of these lines; LSF's commands are in a folder `bin`."""
    commands = folder / "bin"
    commands.mkdir()
    for name in ("bsub", "bjobs", "bhist", "bkill"):
        (commands / name).write_text("#!/bin/sh\nexit 1\n")
    (commands / "bqueues").write_text("#!/bin/sh\n")
    (commands / "lsid").write_text(LSID)
    for command in commands.iterdir():
        command.chmod(0o755)
    text = f"platforms: {{toy: {{type: lsf, output: {folder / 'out'}, setup: {list(setup)!r}}}}}"
    (folder / "platforms.yaml").write_text(text)
    registry = Registry(folder / "platforms.yaml", folder / "out")
    assert registry.problem is None, registry.problem.message
    return registry


async def looked(registry: Registry) -> Health:
    health = await registry.get("toy").check()
    await registry.aclose()
    return health


async def test_commands_are_found_by_the_setup_whatever_it_prints(tmp_path: Path) -> None:
    lines = ("echo hello; echo ht lsf_version wrong", f"export PATH={tmp_path}/bin:$PATH")
    health = await looked(cluster(tmp_path, *lines))
    assert health.facts["scheduler"] == "IBM Spectrum LSF 10.1"
    assert health.facts["cluster"] == "toy"
    assert [one.message for one in health.problems] == []


async def test_a_setup_that_fails_or_sets_odd_options_does_no_harm(tmp_path: Path) -> None:
    lines = ("set -eu; false || true", f"PATH={tmp_path}/bin:$PATH; IFS=x", "false")
    health = await looked(cluster(tmp_path, *lines))
    assert health.facts["scheduler"] == "IBM Spectrum LSF 10.1"


async def test_without_such_a_line_the_remedy_says_so(tmp_path: Path) -> None:
    health = await looked(cluster(tmp_path))
    (problem,) = health.problems
    assert "bsub was not found" in problem.message
    assert "in `setup:`" in problem.remedy


async def test_a_setup_is_not_run_for_commands_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = cluster(tmp_path, f"echo run >> {tmp_path}/runs")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    await registry.get("toy").stop([HANDLE], StopSignal.TERM)
    await registry.aclose()
    assert not (tmp_path / "runs").exists()
