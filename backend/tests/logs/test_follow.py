import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hypertrainer.logs.follow import Follower, Growth, follow


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "out.txt"


def append(log: Path, content: bytes) -> None:
    with log.open("ab") as file:
        file.write(content)


def seen(growth: Growth | None) -> tuple[str, int, bool] | None:
    if growth is None:
        return None
    return growth.slice.text, growth.slice.next_offset, growth.is_truncated


def test_only_what_is_new_is_told(log: Path) -> None:
    log.write_bytes(b"one\n")
    follower = Follower(log, 0)
    assert seen(follower.poll()) == ("one\n", 4, False)
    assert follower.poll() is None
    append(log, b"two\n")
    assert seen(follower.poll()) == ("two\n", 8, False)


def test_following_can_start_at_the_end(log: Path) -> None:
    log.write_bytes(b"one\ntwo\n")
    assert seen(Follower(log, -4).poll()) == ("two\n", 8, False)
    assert Follower(log, 8).poll() is None


def test_a_half_written_character_waits(log: Path) -> None:
    follower = Follower(log, 0)
    append(log, "é".encode()[:1])
    assert follower.poll() is None
    append(log, "é".encode()[1:])
    assert seen(follower.poll()) == ("é", 2, False)


def test_a_file_that_comes_later_is_waited_for(log: Path) -> None:
    follower = Follower(log, 0)
    assert follower.poll() is None
    log.write_bytes(b"here")
    assert seen(follower.poll()) == ("here", 4, False)


def test_a_truncated_file_starts_anew(log: Path) -> None:
    log.write_bytes(b"a long first run")
    follower = Follower(log, 0)
    follower.poll()
    log.write_bytes(b"new")
    assert seen(follower.poll()) == ("new", 3, True)
    log.write_bytes(b"")
    assert seen(follower.poll()) == ("", 0, True)
    assert follower.poll() is None


def test_a_replaced_file_starts_anew_even_if_it_is_longer(log: Path) -> None:
    log.write_bytes(b"old")
    follower = Follower(log, 0)
    follower.poll()
    log.rename(log.with_suffix(".1"))
    assert follower.poll() is None
    log.write_bytes(b"new and longer")
    assert seen(follower.poll()) == ("new and longer", 14, True)


def test_an_offset_kept_from_before_a_truncation_starts_anew(log: Path) -> None:
    log.write_bytes(b"short")
    assert seen(Follower(log, 1000).poll()) == ("short", 5, True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=6) | st.text(max_size=3).map(str.encode), max_size=8))
def test_any_split_of_the_bytes_gives_the_same_text(log: Path, parts: list[bytes]) -> None:
    log.unlink(missing_ok=True)
    follower = Follower(log, 0)
    text, offset = "", 0
    for part in parts:
        append(log, part)
        if growth := follower.poll():
            assert growth.slice.offset == offset
            text, offset = text + growth.slice.text, growth.slice.next_offset
    assert text == b"".join(parts)[:offset].decode("utf-8", "replace")


async def test_a_follower_hears_of_a_line_soon(log: Path) -> None:
    log.write_bytes(b"")
    growths = follow(log, 0)
    first = asyncio.ensure_future(anext(growths))
    append(log, b"line\n")
    async with asyncio.timeout(5):
        assert seen(await first) == ("line\n", 5, False)
    await growths.aclose()
