"""platforms.yaml, read again whenever it changes."""

import os
from pathlib import Path

import pytest

from hypertrainer.errors import NotFound, PlatformUnreachable
from hypertrainer.platforms.base import JobHandle, JobState
from hypertrainer.platforms.fake import FakePlatform
from hypertrainer.platforms.registry import PLATFORM_TYPES, Registry

GOOD = """
platforms:
  local: {type: local, slots: 3}
  quiet:
    type: local
    slots: 1
    gpus: [0, 0]
    python: ~/venv/bin/python
    setup: ["source x"]
    environment: {OMP_NUM_THREADS: 4, LR: 0.5}
    output: ~/out
    grace: 30
    poll: 2.5
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def registry(tmp_path: Path, text: str | None = None) -> Registry:
    if text is not None:
        (tmp_path / "platforms.yaml").write_text(text)
    return Registry(tmp_path / "platforms.yaml", tmp_path / "output")


def names(of: Registry) -> list[str]:
    return [platform.name for platform in of.all()]


def test_without_a_file_there_is_this_machine(tmp_path: Path) -> None:
    found = registry(tmp_path)
    assert names(found) == ["local"]
    assert found.get("local").type == "local"
    assert found.problem is None


async def test_every_setting_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    found = registry(tmp_path, GOOD)
    assert found.problem is None
    quiet = found.get("quiet")
    assert (quiet.grace_seconds, quiet.poll_seconds) == (30, 2.5)
    assert quiet.python == "/home/ada/venv/bin/python"
    assert quiet.output_root(tmp_path) == "/home/ada/out"
    capacity = await quiet.capacity()
    assert capacity is not None
    assert (capacity.slots, capacity.gpus) == (1, ("0", "0"))
    assert found.get("local").output_root(tmp_path) == str(tmp_path)


def test_a_platform_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    found = registry(tmp_path, GOOD)
    assert found.find("beluga") is None
    with pytest.raises(NotFound, match="no platform `beluga`; there are: local, quiet"):
        found.get("beluga")


def test_this_machine_is_there_unless_it_is_switched_off(tmp_path: Path) -> None:
    assert names(registry(tmp_path, "platforms: {a: {type: local}}")) == ["local", "a"]
    assert names(registry(tmp_path, "platforms: {local: null, a: {type: local}}")) == ["a"]
    assert names(registry(tmp_path, "")) == ["local"]
    assert names(registry(tmp_path, "platforms:\n")) == ["local"]


def test_a_change_is_seen_and_leaves_the_unchanged_as_they_are(tmp_path: Path) -> None:
    found = registry(tmp_path, GOOD)
    local, quiet = found.all()
    change(tmp_path, GOOD.replace("slots: 3", "slots: 4") + "  new: {type: local}\n")
    assert names(found) == ["local", "quiet", "new"]
    assert found.get("quiet") is quiet
    assert found.get("local") is not local
    (tmp_path / "platforms.yaml").unlink()
    assert names(found) == ["local"]


def test_a_broken_file_keeps_the_last_good_one_and_says_so(tmp_path: Path) -> None:
    found = registry(tmp_path, GOOD)
    before = found.all()
    change(tmp_path, "platforms: [")
    assert found.all() == before
    assert found.problem is not None
    change(tmp_path, GOOD)
    found.all()
    assert found.problem is None


def test_a_file_broken_from_the_start_leaves_this_machine(tmp_path: Path) -> None:
    found = registry(tmp_path, "platforms: 1")
    assert names(found) == ["local"]
    assert found.problem is not None


@pytest.mark.parametrize(
    ("text", "words", "path", "line"),
    [
        (
            "platforms:\n  a: {type: slrm}",
            "`slrm` is no platform type; known: local",
            "platforms.a.type",
            2,
        ),
        ("platforms:\n  a: {slots: 1}", "has no `type`; known: local", "platforms.a", 2),
        (
            "platforms:\n  a:\n    type: local\n    slot: 1",
            "did you mean `slots`?",
            "platforms.a.slot",
            4,
        ),
        (
            "platforms:\n  a:\n    type: local\n    colour: 1",
            "unknown; known: setup, environment",
            "platforms.a.colour",
            4,
        ),
        ("platforms:\n  a: {type: local, slots: 0}", "at least 1", "platforms.a.slots", 2),
        ("platforms:\n  a: {type: local, slots: yes}", "at least 1", "platforms.a.slots", 2),
        ("platforms:\n  a: {type: local, gpus: [[1]]}", "is no GPU", "platforms.a.gpus", 2),
        ("platforms:\n  a: {type: local, gpus: all}", "a list of them", "platforms.a.gpus", 2),
        (
            "platforms:\n  a: {type: local, output: out}",
            "an absolute path",
            "platforms.a.output",
            2,
        ),
        (
            "platforms:\n  a:\n    type: local\n    environment:\n      1B: x",
            "no digit first",
            "platforms.a.environment.1B",
            5,
        ),
        (
            "platforms:\n  a:\n    type: local\n    setup:\n    - x\n    - 3",
            "valid string",
            "platforms.a.setup.1",
            6,
        ),
        (
            "platforms:\n  a: {type: local, grace: -1}",
            "greater than or equal to 0",
            "platforms.a.grace",
            2,
        ),
        ("platforms:\n  a: {type: local}\n  a: {type: local}", "duplicate key", "", 3),
        ("platforms:\n  a b: {type: local}", "a name takes letters", "platforms.a b", 2),
        ("platforms:\n  1: {type: local}", "a name takes letters", "platforms.1", 2),
        ("platforms:\n  a: x", "a mapping is expected", "platforms.a", 2),
        ("platforms: {a: {type: [x]}}", "is no platform type", "platforms.a.type", 1),
        ("- x", "with `platforms:` at the top", "", 1),
        ("x: 1", "only `platforms` may stand here", "x", 1),
        ("a: \x01", "", "", None),
        ("platforms: *nowhere", "undefined alias", "", 1),
        ("!!python/object:os.system x", "", "", None),
    ],
)
def test_a_mistake_is_told_with_its_line_and_a_remedy(
    tmp_path: Path, text: str, words: str, path: str, line: int | None
) -> None:
    problem = registry(tmp_path, text).problem
    assert problem is not None
    assert words in problem.message
    first = problem.fields[0]
    assert first.path == path
    if line is not None:
        assert first.line == line
        assert f"line {line}: " in problem.message


def test_all_mistakes_are_told_at_once_in_order(tmp_path: Path) -> None:
    text = "platforms:\n  a: {type: local, slots: x}\n  b: {type: q}\n  c: {type: local, x: 1}\n"
    problem = registry(tmp_path, text).problem
    assert problem is not None
    assert [field.line for field in problem.fields] == [2, 3, 4]


def test_a_file_that_is_no_text_or_too_long_is_told(tmp_path: Path) -> None:
    path = tmp_path / "platforms.yaml"
    path.write_bytes(b"\xff\xfe")
    found = registry(tmp_path)
    assert found.problem is not None
    assert "cannot be read as text" in found.problem.message
    change(tmp_path, "#" * 1_100_000)
    found.all()
    assert "larger than" in str(found.problem)


async def test_fixed_platforms_stand_beside_those_of_the_file(tmp_path: Path) -> None:
    fake = FakePlatform("fake")
    found = Registry(tmp_path / "none.yaml", tmp_path, fixed=[fake])
    assert names(found) == ["local", "fake"]
    assert found.get("fake") is fake
    await found.aclose()


def test_every_type_is_known_by_a_word() -> None:
    assert all(name.replace("-", "").isalnum() for name in PLATFORM_TYPES)


def change(tmp_path: Path, text: str) -> None:
    """Write the file anew, at another time, as an editor would."""
    path = tmp_path / "platforms.yaml"
    later = path.stat().st_mtime_ns + 1_000_000_000
    path.write_text(text)
    os.utime(path, ns=(later, later))


POOL = "platforms: {lab: {type: ssh, hosts: [127.0.0.1]}}"


async def test_a_pool_of_which_one_machine_is_left_tells_nothing_of_the_others_jobs(
    tmp_path: Path,
) -> None:
    lab = registry(tmp_path, POOL).get("lab")
    report = await lab.observe([JobHandle("h1", 1, "/there/h1", machine="gpu2")])
    assert report.seen["h1"].state is JobState.UNKNOWN
    await lab.aclose()


async def test_a_platform_that_is_described_anew_is_closed(tmp_path: Path) -> None:
    found = registry(tmp_path, POOL)
    before = found.get("lab")
    change(tmp_path, POOL.replace("hosts: [127.0.0.1]", "host: 127.0.0.1"))
    assert found.get("lab") is not before
    await found.close_retired()
    with pytest.raises(PlatformUnreachable, match="no longer used with these settings"):
        await before.observe([JobHandle("h1", 1, "/there/h1")])
