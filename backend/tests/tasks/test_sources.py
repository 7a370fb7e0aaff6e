"""What `$HYPERTRAINER_PATH` holds, and that nothing else is reached."""

from pathlib import Path

import pytest

from hypertrainer.errors import InvalidInput
from hypertrainer.settings import Settings
from hypertrainer.tasks.sources import (
    find_config,
    find_script,
    list_files,
    read_config,
    read_source,
)


@pytest.fixture
def roots(tmp_path: Path) -> tuple[Path, Path]:
    first, second = tmp_path / "first", tmp_path / "second"
    for path in ("first/train.py", "first/configs/base.yaml", "second/train.py", "second/other.sh"):
        write(tmp_path / path)
    write(tmp_path / "outside" / "secret.py")
    return first, second


@pytest.fixture
def configured(roots: tuple[Path, Path]) -> Settings:
    return Settings(path=roots)


def write(path: Path, text: str = "a: 1\n", mode: int = 0o644) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def listed(settings: Settings, kind: str, q: str = "") -> list[str]:
    files, total = list_files(settings, "script" if kind == "script" else "config", q)
    assert total == len(files)
    return [file.path for file in files]


def refused(settings: Settings, name: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        find_script(settings, name)
    return caught.value.message


def test_the_first_folder_that_has_it_wins(configured: Settings, roots: tuple[Path, Path]) -> None:
    assert find_script(configured, "train.py") == roots[0] / "train.py"
    assert find_script(configured, "other.sh") == roots[1] / "other.sh"
    assert find_config(configured, "configs/base.yaml") == roots[0] / "configs/base.yaml"


def test_an_absolute_name_is_taken_inside_of_the_path_only(
    configured: Settings, roots: tuple[Path, Path]
) -> None:
    assert find_script(configured, str(roots[1] / "train.py")) == roots[1] / "train.py"
    assert "outside of $HYPERTRAINER_PATH" in refused(
        configured, str(roots[0].parent / "outside/secret.py")
    )


def test_dots_lead_no_further_than_the_path(configured: Settings, roots: tuple[Path, Path]) -> None:
    assert find_script(configured, "configs/../train.py") == roots[0] / "train.py"
    assert "outside of $HYPERTRAINER_PATH" in refused(configured, "../outside/secret.py")


def test_links_lead_no_further_than_the_path(
    configured: Settings, roots: tuple[Path, Path]
) -> None:
    (roots[0] / "inner.py").symlink_to(roots[1] / "train.py")
    (roots[0] / "outer.py").symlink_to(roots[0].parent / "outside/secret.py")
    assert find_script(configured, "inner.py").is_file()
    assert "Move it into one of these folders" in refused(configured, "outer.py")
    assert listed(configured, "script", "er.py") == ["inner.py"]


def test_a_missing_script_names_those_like_it(configured: Settings) -> None:
    assert "`train.py`" in refused(configured, "trian.py")
    with pytest.raises(InvalidInput, match=r"Closest: `configs/base.yaml`"):
        find_config(configured, "base.yaml")


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("configs", "is a folder"),
        ("x" * 5_000, "cannot be the name"),
        ("~nobody-of-this-name/x.py", "cannot be the name"),
        ("zero\0byte.py", "no script"),
        ("", "is a folder"),
    ],
)
def test_names_that_are_none_are_refused(configured: Settings, name: str, part: str) -> None:
    assert part in refused(configured, name)


def test_scripts_are_python_bash_and_whatever_may_be_run(
    configured: Settings, roots: tuple[Path, Path]
) -> None:
    write(roots[0] / "program", mode=0o755)
    write(roots[0] / "library.so", mode=0o755)
    write(roots[0] / "notes.txt")
    assert listed(configured, "script") == ["other.sh", "program", "train.py"]


def test_configs_are_yaml_files_but_for_those_of_environments(
    configured: Settings, roots: tuple[Path, Path]
) -> None:
    write(roots[0] / "env.yaml")
    write(roots[1] / "b.yml")
    assert listed(configured, "config") == ["b.yml", "configs/base.yaml"]


def test_hidden_and_generated_folders_are_passed_over(
    configured: Settings, roots: tuple[Path, Path]
) -> None:
    for folder in (".git", "__pycache__", ".venv", "node_modules", "a/b/c/d/e/f"):
        write(roots[0] / folder / "x.py")
    write(roots[0] / "a/b/c/d/e" / "deep.py")
    assert listed(configured, "script") == ["other.sh", "train.py", "a/b/c/d/e/deep.py"]


def test_the_best_match_comes_first(configured: Settings, roots: tuple[Path, Path]) -> None:
    for path in ("my_train.py", "train/run.py", "tool/rain.py", "train_more.py"):
        write(roots[0] / path)
    found = listed(configured, "script", "Train")
    assert found == ["train.py", "train_more.py", "my_train.py", "train/run.py", "tool/rain.py"]
    assert listed(configured, "script", "tlrn") == ["tool/rain.py"]


def test_a_listing_is_limited_and_tells_how_many_there_are(configured: Settings) -> None:
    files, total = list_files(configured, "script", limit=1)
    assert (len(files), total) == (1, 2)
    assert files[0].size == 5


def test_a_config_is_read_as_text(configured: Settings, roots: tuple[Path, Path]) -> None:
    assert read_config(configured, "configs/base.yaml") == "a: 1\n"
    source = read_source(configured, "configs/base.yaml")
    assert (source.path, source.folder) == ("configs/base.yaml", str(roots[0]))


def test_a_config_that_is_no_text_or_too_large_is_refused(
    configured: Settings, roots: tuple[Path, Path]
) -> None:
    (roots[0] / "binary.yaml").write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(InvalidInput, match=r"no UTF-8 text \(line 2\)"):
        read_config(configured, "binary.yaml")
    (roots[0] / "large.yaml").write_bytes(b"x" * 1_048_577)
    with pytest.raises(InvalidInput, match="larger than"):
        read_config(configured, "large.yaml")


def test_a_ring_of_links_is_nothing(configured: Settings, roots: tuple[Path, Path]) -> None:
    (roots[0] / "ring.py").symlink_to(roots[0] / "ring.py")
    assert "ring.py" not in listed(configured, "script")
    assert "ring.py" in refused(configured, "ring.py")
