import asyncio
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hypertrainer.errors import InvalidInput
from hypertrainer.logs.scan import Matches, scan
from hypertrainer.logs.schemas import LogSearch
from hypertrainer.logs.search import search

shared_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "out.txt"


async def found(
    log: Path, pattern: str, *, regex: bool = False, ignore_case: bool = False, seconds: float = 60
) -> LogSearch:
    return await search(log, pattern, is_regex=regex, ignore_case=ignore_case, seconds=seconds)


def scanned(log: Path, pattern: str, *, is_regex: bool, ignore_case: bool) -> Matches:
    progress = scan(log, pattern, is_regex=is_regex, ignore_case=ignore_case)
    return [Matches(), *progress][-1]


@shared_folder
@given(
    text=st.text(alphabet="abAé\n\r", max_size=40),
    pattern=st.text(alphabet="abAé", min_size=1, max_size=3),
    ignore_case=st.booleans(),
    is_regex=st.booleans(),
)
def test_every_matching_line_is_found_once(
    log: Path, text: str, pattern: str, ignore_case: bool, is_regex: bool
) -> None:
    log.write_bytes(text.encode())
    expression = re.compile(re.escape(pattern), re.IGNORECASE if ignore_case else 0)
    expected = [number for number, line in enumerate(text.split("\n")) if expression.search(line)]
    matches = scanned(log, pattern, is_regex=is_regex, ignore_case=ignore_case)
    assert (matches.lines, matches.total) == (expected, len(expected))


async def test_lines_are_numbered_as_pages_number_them(log: Path) -> None:
    log.write_text("epoch 1\nloss 0.5\nepoch 2\nLoss 0.25")
    result = await found(log, "loss", ignore_case=True)
    assert (result.lines, result.total, result.is_complete) == ([1, 3], 2, True)
    assert result.bytes_searched == result.size == log.stat().st_size
    assert (await found(log, "loss")).lines == [1]
    assert (await found(log, r"^epoch \d$", regex=True)).lines == [0, 2]
    assert (await found(log, r"\d{2}$", regex=True)).lines == [3]


async def test_colours_do_not_hide_a_match(log: Path) -> None:
    log.write_text("loss: \x1b[1m0.5\x1b[0m done\n")
    assert (await found(log, "loss: 0.5 done")).lines == [0]
    assert (await found(log, "loss: .* done$", regex=True)).lines == [0]
    assert (await found(log, "[1m")).lines == []


async def test_the_first_thousand_lines_are_named_and_all_are_counted(log: Path) -> None:
    log.write_text("match\n" * 2500)
    result = await found(log, "match")
    assert (result.lines, result.total) == (list(range(1000)), 2500)


async def test_an_empty_file_has_no_match(log: Path) -> None:
    log.write_bytes(b"")
    result = await found(log, "x")
    assert (result.lines, result.total, result.size, result.is_complete) == ([], 0, 0, True)


async def test_plain_text_is_not_an_expression(log: Path) -> None:
    log.write_text("[1/2] (a)\n")
    assert (await found(log, "[1/2] (")).lines == [0]


@pytest.mark.parametrize("pattern", ["(", "*", "a{99999999999}", "(" * 900])
async def test_a_bad_expression_is_refused_with_its_reason(log: Path, pattern: str) -> None:
    log.write_text("x\n")
    with pytest.raises(InvalidInput) as refused:
        await found(log, pattern, regex=True)
    assert [problem.path for problem in refused.value.fields] == ["pattern"]


async def test_a_catastrophic_expression_ends_in_time_with_what_was_found(log: Path) -> None:
    harmless = "xxy\n" * 300_000  # more than a block, so that there is something to report
    log.write_text(harmless + "x" * 60 + "\n")
    begin = time.monotonic()
    result = await found(log, "(x+x+)+y", regex=True, seconds=2)
    assert time.monotonic() - begin < 10
    assert not result.is_complete
    assert 0 < result.total <= 300_000
    assert result.lines[:3] == [0, 1, 2]


def searches_of(log: Path) -> list[Path]:
    """Where processes of this machine have the log open."""
    return [link for link in Path("/proc").glob("[0-9]*/fd/*") if is_link_to(link, log)]


def is_link_to(link: Path, path: Path) -> bool:
    try:
        return link.readlink() == path
    except OSError:  # the process is gone, or not ours
        return False


def wait_for_a_search_of(log: Path) -> None:
    deadline = time.monotonic() + 20
    while not searches_of(log):
        assert time.monotonic() < deadline
        time.sleep(0.01)


async def test_a_search_that_is_given_up_leaves_no_process_behind(log: Path) -> None:
    log.write_text("x" * 60 + "\n")
    searching = asyncio.ensure_future(found(log, "(x+x+)+y", regex=True))
    await asyncio.to_thread(wait_for_a_search_of, log)
    searching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await searching
    assert searches_of(log) == []


async def test_a_match_anywhere_in_a_giant_line_is_found(log: Path) -> None:
    giant = b"x" * 3_000_000
    log.write_bytes(b"first\n" + giant + b"NEEDLE" + giant + b"\nlast NEEDLE\n")
    assert (await found(log, "NEEDLE")).lines == [1, 2]
    assert (await found(log, "needle", ignore_case=True)).lines == [1, 2]
    assert (await found(log, "^x|^last", regex=True)).lines == [1, 2]


@pytest.mark.parametrize("shift", [0, 1, 2, 3, 4, 5, 6])
async def test_a_match_across_two_blocks_of_a_giant_line_is_found(log: Path, shift: int) -> None:
    log.write_bytes(b"x" * (2 * 1024**2 - shift) + "nÉedle".encode() + b"x" * 2 * 1024**2)
    for ignore_case, pattern in ((False, "nÉedle"), (True, "NéEDLE")):
        matches = scanned(log, pattern, is_regex=False, ignore_case=ignore_case)
        assert (matches.lines, matches.total) == ([0], 1)
