"""Records are read without trusting them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.platforms.base import EndCause
from hypertrainer.platforms.processes import ProcessIdentity
from hypertrainer.platforms.records import (
    RecordKind,
    parse_exit,
    parse_identity,
    parse_owner,
    parse_start,
    record_path,
)

START = b"pid=41\nprocess_start=99\nboot_id=b\nhost=h\njob_id=7\nat=1700000000.250000\nend=1\n"
EXIT = (
    b"code=143\nsignal=TERM\nat=1700000000\ncause=timed_out\nreason=a=b c\n"
    b"size=12 out.txt\nsize=0 a = b.log\nend=1\n"
)


def test_a_whole_start_record_is_understood() -> None:
    record = parse_start(START)
    assert record is not None
    assert (record.pid, record.process_start, record.boot_id) == (41, "99", "b")
    assert (record.host, record.job_id) == ("h", "7")
    assert record.at == datetime(2023, 11, 14, 22, 13, 20, 250_000, UTC)
    assert parse_identity(START) == ProcessIdentity(41, "99", "b")


def test_a_whole_exit_record_is_understood() -> None:
    record = parse_exit(EXIT)
    assert record is not None
    assert (record.code, record.signal, record.cause) == (143, "TERM", EndCause.TIMED_OUT)
    assert record.reason == "a=b c"
    assert record.sizes == {"out.txt": 12, "a = b.log": 0}


def test_a_command_that_never_started_has_no_code() -> None:
    record = parse_exit(b"code=\nsignal=\nat=1\ncause=\nreason=no\nend=1\n")
    assert record is not None
    assert (record.code, record.signal, record.cause, record.reason) == (None, None, None, "no")


def test_a_queue_owns_a_claim_by_its_job_id() -> None:
    assert parse_owner(b"job_id=12.server\nend=1\n") == "12.server"
    assert parse_owner(b"job_id=12") is None


@given(st.integers(1, len(EXIT)))
def test_a_torn_record_is_no_record(missing: int) -> None:
    assert parse_exit(EXIT[:-missing]) is None
    assert parse_start(START[:-missing]) is None
    assert parse_identity(START[:-missing]) is None


@given(st.binary(max_size=200))
def test_garbage_is_no_record_and_no_error(data: bytes) -> None:
    for parse in (parse_start, parse_exit, parse_identity, parse_owner):
        parse(data)
        parse(data + b"\nend=1\n")


@pytest.mark.parametrize(
    "data",
    [
        b"code=x\nat=1\nend=1\n",
        b"code=-1\nat=1\nend=1\n",
        b"at=1\nend=1\n",
        b"code=0\nat=nan\nend=1\n",
        b"code=0\nat=1e99\nend=1\n",
        b"code=0\nat=\nend=1\n",
        b"code=" + b"9" * 10_000 + b"\nat=1\nend=1\n",
    ],
)
def test_an_exit_record_with_nonsense_in_it_is_none(data: bytes) -> None:
    assert parse_exit(data) is None


def test_claims_stand_in_a_folder_of_their_own() -> None:
    assert record_path("/f", RecordKind.CLAIM, 2) == "/f/.hypertrainer/claim/2"
    assert record_path("/f", RecordKind.EXIT, 2) == "/f/.hypertrainer/exit.2"
