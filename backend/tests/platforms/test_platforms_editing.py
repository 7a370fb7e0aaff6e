"""platforms.yaml changed by the server: one platform at a time, the rest as its owner left it."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypertrainer.errors import Conflict, InvalidInput, NotFound, StorageError
from hypertrainer.platforms.platform_types import PLATFORM_TYPES
from hypertrainer.platforms.platforms_editing import PlatformsFile
from hypertrainer.platforms.platforms_file import Entry, parse_platforms
from hypertrainer.platforms.platforms_text import with_platform, without_platform

TYPES = {name: made_of.settings for name, made_of in PLATFORM_TYPES.items()}
COMMENTED = """\
# Where we run
platforms:
    # this machine
    local: {type: local, slots: 2}   # two at once

    lab:
        type: ssh   # no queue
        host: gpu1  # the old one
        # not more:
        slots: 2
        setup:
        - "source a"
        # the end of lab

    # the cluster of the university
    beluga: {type: slurm, host: alice@beluga, resources: {time: "3:00:00"}}  # slow
# the end
"""


@pytest.fixture
def file(tmp_path: Path) -> PlatformsFile:
    return PlatformsFile(tmp_path / "home" / "platforms.yaml", TYPES)


def written(file: PlatformsFile, text: str) -> str:
    file.path.parent.mkdir(exist_ok=True)
    file.path.write_text(text)
    return text


def said(text: str) -> dict[str, Any]:
    """What a text says: types and settings by name; None where a name is switched off."""
    entries = parse_platforms(text, TYPES)
    return {
        entry if isinstance(entry, str) else entry.name: (
            (entry.type, entry.written) if isinstance(entry, Entry) else None
        )
        for entry in entries
    }


def test_the_first_platform_makes_the_file_for_its_owner_alone(file: PlatformsFile) -> None:
    settings = {"host": "alice@gpu1", "setup": ["module load x"], "environment": {"A": "yes"}}
    file.add("lab", "ssh", settings)
    assert said(file.path.read_text()) == {"lab": ("ssh", settings)}
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert [path.name for path in file.path.parent.iterdir()] == ["platforms.yaml"]


def test_what_yaml_1_1_would_misread_stands_in_quotes(file: PlatformsFile) -> None:
    file.add("here", "slurm", {"resources": {"time": "3:00:00", "account": "on"}})
    assert 'time: "3:00:00"' in file.path.read_text()
    assert 'account: "on"' in file.path.read_text()


def test_a_change_touches_the_lines_of_its_platform_only(file: PlatformsFile) -> None:
    before = written(file, COMMENTED)
    file.change("lab", "ssh", {"host": "gpu2", "slots": 2, "setup": ["source b"]})
    expected = before.replace("gpu1  # the", "gpu2  # the").replace('- "source a"', "- source b")
    assert file.path.read_text() == expected.replace("        # the end of lab\n", "")


def test_a_change_of_nothing_changes_nothing(file: PlatformsFile) -> None:
    before = written(file, COMMENTED)
    file.change("lab", "ssh", {"host": "gpu1", "slots": 2, "setup": ["source a"]})
    assert file.path.read_text() == before


def test_a_platform_in_one_line_stays_in_one_line(file: PlatformsFile) -> None:
    written(file, COMMENTED)
    settings = {"host": "alice@beluga", "resources": {"time": "4:00:00", "account": "a"}}
    file.change("beluga", "slurm", settings)
    (line,) = [line for line in file.path.read_text().splitlines() if "beluga:" in line]
    assert line.startswith("    beluga: {type: slurm, ")
    assert line.endswith(" # slow")
    assert said(file.path.read_text())["beluga"] == ("slurm", settings)


def test_a_new_platform_comes_last_with_the_others_indentation(file: PlatformsFile) -> None:
    before = written(file, COMMENTED)
    file.add("new", "lsf", {"setup": ["a", "b"]})
    new = "    new:\n      type: lsf\n      setup:\n        - a\n        - b\n"
    assert file.path.read_text() == before.replace("# the end\n", f"{new}# the end\n")


def test_a_removed_platform_takes_its_own_comments_along_and_no_others(file: PlatformsFile) -> None:
    before = written(file, COMMENTED)
    file.remove("lab")
    cut = before.index("    lab:"), before.index("\n    # the cluster")
    assert file.path.read_text() == before[: cut[0]] + before[cut[1] :]
    file.remove("beluga")
    assert "# the cluster of the university" in file.path.read_text()
    assert [*said(file.path.read_text())] == ["local"]


def test_this_machine_is_switched_off_and_on_again(file: PlatformsFile) -> None:
    file.remove("local")
    assert said(file.path.read_text()) == {"local": None}
    with pytest.raises(NotFound):
        file.remove("local")
    file.add("local", "local", {"slots": 3})
    assert said(file.path.read_text()) == {"local": ("local", {"slots": 3})}


def test_this_machine_can_be_described_without_having_been_in_the_file(file: PlatformsFile) -> None:
    file.change("local", "local", {"slots": 3})
    assert said(file.path.read_text()) == {"local": ("local", {"slots": 3})}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment",
        "platforms:\n",
        "platforms:   # none yet\n\n# bye\n",
        "platforms: null\n",
        "platforms: {}\n",
        "platforms: {a: {type: local}, b: {type: local}}\n",
        "{platforms: {a: {type: local}}}",
        "---\nplatforms:\n  a: {type: local}\n...\n",
        "platforms:\n  a:\n    type: local\n  b: null",
        "platforms:\n  a:\n    type: local\n    setup:\n      - |\n        x\n        y\n\n\n# b\n",
        "platforms:\r\n  a:\r\n    type: local # x\r\n  # y\r\n  b: {type: local}\r\n",
        "platforms:\n  ? a\n  : type: local\n",
        "platforms:\n  a: &a\n    type: local\n  b: *a\n",
        "platforms:\n  a: &a {type: local, slots: 1}\n  b:\n    <<: *a\n    slots: 2\n",
        'platforms:\n  "a":\n    type: local\n',
    ],
)
def test_whatever_the_file_looks_like_the_others_mean_the_same(
    file: PlatformsFile, text: str
) -> None:
    before = said(written(file, text))
    added = ("ssh", {"host": "gpu1", "setup": ["x: y # z", "a\nb"]})
    file.add("new", *added)
    assert said(file.path.read_text()) == {**before, "new": added}
    changed = ("slurm", {"resources": {"raw": ["--a b"]}})
    file.change("new", *changed)
    assert said(file.path.read_text()) == {**before, "new": changed}
    file.remove("new")
    assert said(file.path.read_text()) == before
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in file.path.read_text().splitlines() if line.startswith("#")
    ]


def test_what_others_refer_to_is_not_taken_from_them(file: PlatformsFile) -> None:
    text = written(file, "platforms:\n  a: &a\n    type: local\n    slots: 1\n  b: *a\n")
    file.remove("a")
    assert said(file.path.read_text()) == {"b": ("local", {"slots": 1})}
    written(file, text)
    file.change("a", "local", {"slots": 2})
    assert said(file.path.read_text()) == {
        "a": ("local", {"slots": 2}),
        "b": ("local", {"slots": 1}),
    }


Edit = Callable[[PlatformsFile], None]
EDITS: list[Edit] = [
    lambda file: file.add("new", "local", {}),
    lambda file: file.change("lab", "local", {}),
    lambda file: file.remove("lab"),
]


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize(
    "data",
    [
        b"platforms: [",
        b"platforms:\n  lab: {type: shh}\n",
        b"platforms:\n  lab: {type: ssh}\n",
        b"\xff\xfe",
        b"- x\n",
    ],
)
def test_a_file_that_is_broken_by_hand_is_never_overwritten(
    file: PlatformsFile, data: bytes, edit: Edit
) -> None:
    file.path.parent.mkdir()
    file.path.write_bytes(data)
    with pytest.raises(Conflict, match="by hand"):
        edit(file)
    assert file.path.read_bytes() == data


@pytest.mark.parametrize(
    ("name", "type_name", "settings", "path"),
    [
        ("a b", "local", {}, "name"),
        ("types", "local", {}, "name"),
        ("new", "shh", {}, "type"),
        ("new", "local", {"type": "local"}, "settings.type"),
        ("new", "local", {"slots": 0}, "settings.slots"),
        ("new", "local", {"slot": 1}, "settings.slot"),
        ("new", "ssh", {"host": "two words"}, "settings.host"),
    ],
)
def test_wrong_settings_are_refused_beside_their_field(
    file: PlatformsFile, name: str, type_name: str, settings: dict[str, Any], path: str
) -> None:
    with pytest.raises(InvalidInput) as raised:
        file.add(name, type_name, settings)
    assert path in [field.path for field in raised.value.fields]
    assert not file.path.exists()


def test_names_are_taken_once(file: PlatformsFile) -> None:
    written(file, COMMENTED)
    for name in ("local", "lab"):
        with pytest.raises(Conflict, match="already"):
            file.add(name, "local", {})
    with pytest.raises(NotFound):
        file.change("mars", "local", {})
    with pytest.raises(NotFound):
        file.remove("mars")
    assert file.path.read_text() == COMMENTED


def test_a_file_that_is_a_link_stays_one(file: PlatformsFile, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles.yaml"
    target.write_text("platforms: {}\n")
    file.path.parent.mkdir()
    file.path.symlink_to(target)
    file.add("lab", "ssh", {"host": "gpu1"})
    assert file.path.is_symlink()
    assert "gpu1" in target.read_text()


def test_a_folder_that_cannot_be_written_is_told(file: PlatformsFile) -> None:
    file.path.parent.write_text("in the way")
    with pytest.raises(StorageError):
        file.add("lab", "ssh", {"host": "gpu1"})


def test_a_file_does_not_grow_beyond_what_is_read(file: PlatformsFile) -> None:
    with pytest.raises(InvalidInput, match="larger"):
        file.add("lab", "ssh", {"host": "gpu1", "setup": ["x" * 2_000_000]})


# What YAML takes for the end of a line is refused elsewhere: no setting has use for it.
words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20)
names = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)
descriptions = st.fixed_dictionaries(
    {"type": st.just("local"), "setup": st.lists(words, max_size=3)},
    optional={"slots": st.integers(1, 9), "environment": st.dictionaries(names, words, max_size=2)},
)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.tuples(names, descriptions), min_size=1, max_size=6))
def test_any_words_can_be_written_changed_and_read_again(
    edits: list[tuple[str, dict[str, Any]]],
) -> None:
    text, expected = "", dict[str, Any]()
    for name, description in edits:
        text = next(with_platform(text, name, description))
        plain = {key: value for key, value in description.items() if key != "type"}
        expected[name] = ("local", plain)
        assert said(text) == expected
    for name in [*expected]:
        text = next(without_platform(text, name))
        del expected[name]
        assert said(text) == expected
