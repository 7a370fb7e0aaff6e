"""What is typed and printed: identifiers, overrides, settings, times, columns."""

from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from hypertrainer.cli.filters import parse_ids
from hypertrainer.cli.output import age_text, duration_text, print_table
from hypertrainer.cli.platforms import settings_of
from hypertrainer.cli.submitting import parse_override


def table_in_a_terminal(rows: list[list[str]], width: int, tmp_path: Path) -> list[str]:
    with (tmp_path / "screen").open("w+") as screen:
        terminal = Console(file=screen, width=width)
        print_table(["ID", "NAME", "STATUS"], rows, terminal)
        screen.seek(0)
        return screen.read().splitlines()


def test_a_narrow_terminal_cuts_the_widest_column_alone(tmp_path: Path) -> None:
    lines = table_in_a_terminal([["12", "n" * 200, "finished"]], 40, tmp_path)
    assert lines[1].split()[::2] == ["12", "finished"]
    assert lines[1].split()[1].endswith("n…")
    assert len(lines[1]) <= 40


@pytest.mark.parametrize(
    ("typed", "settings"),
    [
        ([], {}),
        (["host=a@b:22"], {"host": "a@b:22"}),
        (["slots=2", "stage=false"], {"slots": 2, "stage": False}),
        (["resources.gpus=1", "resources.time=3h"], {"resources": {"gpus": 1, "time": "3h"}}),
    ],
)
def test_settings_are_typed_as_keys_and_values(typed: list[str], settings: Any) -> None:
    assert settings_of(typed) == settings


def test_a_key_below_a_value_is_refused() -> None:
    with pytest.raises(typer.BadParameter, match="was given a value before"):
        settings_of(["resources=1", "resources.gpus=2"])


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=50))
def test_ids_are_read_in_their_order_and_once(ids: list[int]) -> None:
    assert parse_ids([f"#{number}" for number in ids]) == list(dict.fromkeys(ids))


def test_ranges_of_ids_are_spelled_out() -> None:
    assert parse_ids(["3-5", "4", "9-9"]) == [3, 4, 5, 9]


@pytest.mark.parametrize(
    "text", ["", "x", "-3", "3-", "1-2-3", "5-3", "1-99999999999999999999", "٣x"]
)
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        parse_ids([text])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b=1e-3", ("a.b", 0.001)),
        ("a=true", ("a", True)),
        ("a=[1, 2]", ("a", [1, 2])),
        ("a=", ("a", "")),
        ("a=b=c", ("a", "b=c")),
        ("a=null", ("a", None)),
        ('a="1"', ("a", "1")),
    ],
)
def test_an_override_is_a_path_and_a_value(text: str, expected: tuple[str, object]) -> None:
    assert parse_override(text) == expected


def test_times_are_short() -> None:
    assert [duration_text(s) for s in (None, 5.4, 67, 3_661, 90_061)] == [
        "", "0:05", "1:07", "1:01:01", "1d 1:01:01"
    ]  # fmt: skip
    assert age_text(None) == ""
