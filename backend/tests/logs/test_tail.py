from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hypertrainer.logs.tail import MAX_LIMIT, read_slice

shared_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
some_text = st.text(alphabet=st.sampled_from("aé€𝄞\n\r\t\x1b�"), max_size=60).map(str.encode)
any_bytes = st.lists(some_text | st.binary(max_size=8), max_size=8).map(b"".join)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "out.txt"


@shared_folder
@given(content=any_bytes, limits=st.lists(st.integers(1, 20), min_size=1))
def test_slices_one_after_the_other_give_back_the_text(
    log: Path, content: bytes, limits: list[int]
) -> None:
    log.write_bytes(content)
    text, offset, turn, is_complete = "", 0, 0, False
    while not is_complete:
        piece = read_slice(log, offset, limits[turn % len(limits)])
        assert piece.offset == offset
        assert piece.next_offset > offset or piece.is_complete
        text += piece.text
        offset, turn, is_complete = piece.next_offset, turn + 1, piece.is_complete
    assert len(content) - offset < 4  # only half a character may wait at the end
    assert text == content[:offset].decode("utf-8", "replace")


@shared_folder
@given(text=st.text(alphabet="aé€𝄞", min_size=1, max_size=20), data=st.data())
def test_a_slice_never_starts_inside_a_character(log: Path, text: str, data: st.DataObject) -> None:
    content = text.encode()
    log.write_bytes(content)
    offset = data.draw(st.integers(-len(content), len(content)))
    piece = read_slice(log, offset)
    asked = offset if offset >= 0 else len(content) + offset
    assert asked <= piece.offset < asked + 4
    assert piece.text.encode() == content[piece.offset :]


def test_a_half_written_character_waits(log: Path) -> None:
    log.write_bytes("né".encode()[:-1])
    piece = read_slice(log, 0)
    assert (piece.text, piece.next_offset, piece.size, piece.is_complete) == ("n", 1, 2, True)
    log.write_bytes("né".encode())
    assert read_slice(log, piece.next_offset).text == "é"


def test_bytes_that_are_no_text_keep_the_offsets_exact(log: Path) -> None:
    log.write_bytes(b"a\xff\xfeb\n")
    piece = read_slice(log, 0)
    assert (piece.text, piece.next_offset) == ("a��b\n", 5)


def test_an_offset_beyond_the_end_becomes_the_end(log: Path) -> None:
    log.write_bytes(b"short")
    piece = read_slice(log, 10**30)
    assert (piece.text, piece.offset, piece.next_offset) == ("", 5, 5)
    assert read_slice(log, -(10**30)).text == "short"


def test_a_slice_is_never_longer_than_a_mebibyte(log: Path) -> None:
    log.write_bytes(b"x" * (MAX_LIMIT + 1))
    piece = read_slice(log, 0, 10**12)
    assert (len(piece.text), piece.is_complete) == (MAX_LIMIT, False)
