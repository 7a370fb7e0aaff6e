"""`.hypertrainerignore` means what the same lines mean in `.gitignore`: git is asked."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hypertrainer.tasks.ignore_rules import IgnoreRules

PIECES = ["a", "b", "ab", "*", "?", "/", "**/", "/**", "[ab]", "[!a]", "[a-b]", "\\*", "!", "#"]
LINES = st.lists(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join), min_size=1, max_size=4
)
# What git makes of `//`, and of `**` that is no whole step of a path, depends on its version.
ODD = re.compile(r"//|[^/!]\*\*|\*\*[^/]")
NAMES = st.text("ab*.#", min_size=1, max_size=3).filter(lambda name: name.strip("."))
PATHS = st.lists(
    st.lists(NAMES, min_size=1, max_size=4).map("/".join), min_size=1, max_size=10, unique=True
)


def is_left_out(rules: IgnoreRules, path: str) -> bool:
    parts = path.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts))]
    is_folder_left_out = any(rules.leaves_out(folder, is_folder=True) for folder in above)
    return is_folder_left_out or rules.leaves_out(path, is_folder=False)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    return folder


def ignored_by_git(repository: Path, lines: Sequence[str], paths: Sequence[str]) -> set[str]:
    (repository / ".gitignore").write_text("\n".join(lines) + "\n")
    done = subprocess.run(
        ["git", "-C", str(repository), "check-ignore", "--no-index", "-z", "--stdin"],
        input="\0".join(paths).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return set(done.stdout.decode().split("\0")) - {""}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lines=LINES, paths=PATHS)
def test_git_leaves_out_the_same(
    repository: Path, lines: Sequence[str], paths: Sequence[str]
) -> None:
    sane = [line for line in lines if not ODD.search(line)]
    rules = IgnoreRules(sane)
    ours = {path for path in paths if is_left_out(rules, path)}
    assert ours == ignored_by_git(repository, sane, paths)


@pytest.mark.parametrize(
    ("line", "left_out", "taken"),
    [
        ("*.ckpt", ["a.ckpt", "x/y/b.ckpt"], ["a.ckpt.py"]),
        ("/data", ["data", "data/a"], ["x/data"]),
        ("data/", ["data/a", "x/data/a"], ["data"]),
        ("data/raw", ["data/raw/a"], ["x/data/raw/a"]),
        ("data/**", ["data/a", "data/a/b"], ["data", "x/data/a"]),
        ("**/raw", ["raw", "data/raw/a"], ["data/raw.txt"]),
        ("# data", [], ["# data"]),
        (r"\# data", ["# data"], ["data"]),
        ("data  ", ["data"], ["data  "]),
        ("run[0-9]", ["run1", "x/run2"], ["run", "runs"]),
        ("a[", [], ["a["]),
    ],
)
def test_lines_as_they_are_written(line: str, left_out: list[str], taken: list[str]) -> None:
    rules = IgnoreRules([line])
    assert [path for path in left_out if not is_left_out(rules, path)] == []
    assert [path for path in taken if is_left_out(rules, path)] == []


def test_a_later_line_takes_back_in_but_not_out_of_a_folder_that_is_out() -> None:
    assert not is_left_out(IgnoreRules(["*.bin", "!small.bin"]), "small.bin")
    assert is_left_out(IgnoreRules(["data/", "!data/small.bin"]), "data/small.bin")
    assert not is_left_out(IgnoreRules(["data/*", "!data/small.bin"]), "data/small.bin")
