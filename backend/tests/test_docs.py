"""What the documents must mention, and that what they point at is there."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

import hypertrainer
from hypertrainer.cli import app as command_line
from hypertrainer.errors import HyperTrainerError
from hypertrainer.platforms.place_settings import LocalSettings
from hypertrainer.platforms.platform_types import PLATFORM_TYPES
from hypertrainer.platforms.platforms_file import Entry, parse_platforms
from hypertrainer.settings import Settings
from hypertrainer.tasks.statuses import ACTIVE_STATUSES, TaskStatus

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
API = (ROOT / "docs/api.md").read_text()
PLATFORMS = (ROOT / "docs/platforms.md").read_text()
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text()
DECISIONS = ROOT / "docs/decisions"
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
PACKAGE = ROOT / "backend/hypertrainer"


def modules() -> Iterator[str]:
    """Every module of ours but migrations, which Alembic runs, and samples, which are scripts."""
    for module in pkgutil.walk_packages(hypertrainer.__path__, "hypertrainer."):
        if not re.match(r"hypertrainer\.(migrations|sample)\.|.*\.__main__$", module.name):
            yield module.name


def error_codes() -> set[str]:
    """Every code that the errors of ours, and answers made by hand, can have."""
    for module in modules():
        importlib.import_module(module)
    found, waiting = set(), [HyperTrainerError]
    while waiting:
        below = waiting.pop().__subclasses__()
        waiting += below
        found |= {error.code for error in below}
    source = "".join(path.read_text() for path in (PACKAGE / "server").glob("*.py"))
    return found | set(re.findall(r'ErrorBody\(code="(\w+)"', source))


def commands() -> list[str]:
    """The command line's commands, as they are typed."""
    root = typer.main.get_command(command_line)
    return sorted(getattr(root, "commands", {}))


def rows(text: str) -> set[str]:
    """What stands in the first column of a table, in code marks."""
    return set(re.findall(r"^\| `([^`]+)`", text, flags=re.M))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_readme_has_a_row_for_every_setting(name: str) -> None:
    assert f"HYPERTRAINER_{name.upper()}" in rows(README)


def test_the_readme_has_no_setting_that_is_none() -> None:
    ours = {f"HYPERTRAINER_{name.upper()}" for name in Settings.model_fields}
    told = {row for row in rows(README) if row.startswith("HYPERTRAINER_")}
    assert told - {"HYPERTRAINER_URL"} == ours


@pytest.mark.parametrize("key", LocalSettings.model_fields)
def test_the_readme_has_a_row_for_every_key_of_a_platform(key: str) -> None:
    assert key in rows(README)


def test_the_page_on_platforms_has_a_row_for_every_key_of_a_place_elsewhere() -> None:
    types = [made_of.settings for made_of in PLATFORM_TYPES.values()]
    keys = {
        key for settings in types if settings is not LocalSettings for key in settings.model_fields
    }
    assert keys - rows(PLATFORMS) == set()


@pytest.mark.parametrize("type_name", PLATFORM_TYPES)
def test_the_page_on_platforms_has_an_example_that_is_right(type_name: str) -> None:
    types = {name: made_of.settings for name, made_of in PLATFORM_TYPES.items()}
    texts = re.findall(r"^```yaml\n(platforms:\n.*?)^```", PLATFORMS, flags=re.M | re.S)
    entries = [entry for text in texts for entry in parse_platforms(text, types)]
    assert type_name in {entry.type for entry in entries if isinstance(entry, Entry)}


@pytest.mark.parametrize("status", TaskStatus)
def test_the_readme_has_a_row_for_every_status(status: TaskStatus) -> None:
    (row,) = re.findall(rf"^\| `{status}` \|.*$", README, flags=re.M)
    assert ("cancel |" in row) == (status in ACTIVE_STATUSES)


@pytest.mark.parametrize("command", commands())
def test_the_readme_has_a_row_for_every_command(command: str) -> None:
    assert f"hypertrainer {command}" in rows(README)


def test_the_readme_has_no_command_that_is_none() -> None:
    told = {row.split()[1] for row in rows(README) if row.startswith("hypertrainer ")}
    assert told - set(commands()) == set()


def test_every_error_code_is_explained() -> None:
    assert error_codes() - rows(API) == set()


def test_the_two_commands_stand_on_the_first_screen() -> None:
    first = "\n".join(README.splitlines()[:25])
    assert "\nmake run" in first
    assert "\nmake test" in first


@pytest.mark.parametrize("target", ["setup", "run", "test", "check", "client", "build", "bench"])
def test_a_target_of_the_makefile_says_what_it_does(target: str) -> None:
    assert re.search(rf"^{target}:.* ## \w", (ROOT / "Makefile").read_text(), flags=re.M)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_decision_is_listed_and_says_what_lost() -> None:
    index = (DECISIONS / "README.md").read_text()
    for decision in DECISIONS.glob("0*.md"):
        assert f"]({decision.name})" in index
        text = decision.read_text()
        for part in ("**Decided.**", "**Why.**", "**What lost.**", "**What it costs.**"):
            assert part in text, f"{decision.name}: {part}"


def test_the_tree_in_the_architecture_has_every_module() -> None:
    tree = ARCHITECTURE.split("```")[1]
    names = {
        path.stem
        for path in PACKAGE.rglob("*.py")
        if not {"versions", "sample"} & {*path.parts}  # migrations are numbered, samples a user's
    }
    missing = {
        name for name in names - {"__init__", "__main__"} if not re.search(rf"\b{name}\b", tree)
    }
    assert missing == set()


def test_the_tree_in_the_architecture_has_no_module_that_is_none() -> None:
    tree = ARCHITECTURE.split("```")[1]
    told = re.findall(r"^ *(\w+)\.(?:py|sh) ", tree, flags=re.M)
    there = {path.stem for path in PACKAGE.rglob("*") if path.suffix in (".py", ".sh")}
    assert [name for name in told if name not in there] == []


def test_the_worked_example_of_a_scheduler_is_the_one_that_passes_the_contract() -> None:
    page = (ROOT / "docs" / "adding-a-scheduler.md").read_text()
    code = (ROOT / "backend" / "tests" / "examples" / "tsp.py").read_text()
    assert f"```python\n{code}```" in page
