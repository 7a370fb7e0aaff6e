"""Who is fetched next, and how much of it."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.monitor.mirror_shares import (
    CALL_BYTES,
    FILE_BYTES,
    OVERLAP_BYTES,
    PROBE_BYTES,
    Wanted,
    share_out,
)

GIGABYTE = 10**9


def wanted(name: str, size: int, offset: int = 0) -> Wanted:
    return Wanted(1, Path("/here"), "/there", "", name, offset, size)


def test_a_read_overlaps_what_is_here_a_little():
    request = wanted("a.log", 1_000, offset=500).request(100)
    assert (request.path, request.offset) == ("/there/a.log", 500 - OVERLAP_BYTES)
    assert request.max_bytes == OVERLAP_BYTES + 100
    request = wanted("a.log", 1_000, offset=3).request(100)
    assert (request.offset, request.max_bytes) == (0, 103)


def test_a_file_that_shrank_is_looked_at():
    assert wanted("a.log", 10, offset=500).backlog == PROBE_BYTES


def test_one_large_file_alone_gets_all_that_a_call_carries():
    ((_, share),) = share_out([wanted("a.log", GIGABYTE)], {})
    assert share == CALL_BYTES


def test_small_files_are_served_whole_before_a_large_one_gets_the_rest():
    small = [wanted(f"{n}.log", 1_000) for n in range(100)]
    shares = {file.name: share for file, share in share_out([wanted("a", GIGABYTE), *small], {})}
    assert all(shares[file.name] == 1_000 for file in small)
    assert shares["a"] == CALL_BYTES - 100 * 1_000


def test_of_many_large_files_each_has_its_turn():
    files = [wanted(f"{n}.log", GIGABYTE) for n in range(40)]
    served: dict[str, int] = {}
    for call in range(1, 4):
        shares = share_out(files, served)
        assert len(shares) == CALL_BYTES // FILE_BYTES
        served.update((file.path, call) for file, _ in shares)
    assert len(served) == len(files)


sizes = st.lists(st.integers(1, 10 * CALL_BYTES), min_size=1, max_size=60)


@given(sizes, st.integers(FILE_BYTES, CALL_BYTES))
def test_no_call_carries_more_than_it_may_and_none_is_wasted(backlogs: list[int], budget: int):
    files = [wanted(str(n), size) for n, size in enumerate(backlogs)]
    shares = share_out(files, {}, budget)
    total = sum(share for _, share in shares)
    assert total == min(budget, sum(backlogs))
    assert all(0 < share <= file.backlog for file, share in shares)


@given(sizes)
def test_every_file_is_served_sooner_or_later(backlogs: list[int]):
    files = [wanted(str(n), size) for n, size in enumerate(backlogs)]
    served: dict[str, int] = {}
    for call in range(1, 1 + -(-len(files) // (CALL_BYTES // FILE_BYTES))):
        for file, _ in share_out(files, served):
            served[file.path] = call
    assert len(served) == len(files)
