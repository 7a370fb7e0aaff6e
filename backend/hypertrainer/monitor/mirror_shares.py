"""Which parts of which files are fetched next from a platform: pure arithmetic of fairness."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hypertrainer.platforms.transports.base import ReadRequest

FILE_BYTES = 256 * 1024  # of one file, while others wait
CALL_BYTES = 4 * 2**20
LEAST_CALL_BYTES = 64 * 1024
MAX_FILES = 2_000  # of one call
OVERLAP_BYTES = 64  # read again, to see whether the copy here is of the same file
PROBE_BYTES = 4_096  # of a file that may be another one by now


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that differs there from its copy here, of which `offset` bytes are here."""

    task_id: int
    folder: Path  # here
    there: str  # its folder there
    machine: str
    name: str
    offset: int
    size: int  # there

    @property
    def path(self) -> str:
        return f"{self.there}/{self.name}"

    @property
    def backlog(self) -> int:
        """How many bytes are to be fetched; some of a file that may be another one."""
        return self.size - self.offset if self.size > self.offset else PROBE_BYTES

    @property
    def overlap(self) -> int:
        return min(self.offset, OVERLAP_BYTES)

    def request(self, share: int) -> ReadRequest:
        """What to read of it, so that `share` bytes are new."""
        return ReadRequest(self.path, self.offset - self.overlap, self.overlap + share)


Share = tuple[Wanted, int]  # a file, and how many new bytes of it


def share_out(
    wanted: Sequence[Wanted], served: Mapping[str, int], call_bytes: int = CALL_BYTES
) -> Sequence[Share]:
    """What one call fetches: whoever has waited longest first, of those the least backlog.

    Args:
        wanted: the files of one machine that are behind.
        served: by path, the number of the call that last fetched something of it; absent: none.
        call_bytes: how much all may fetch together. What is left after everybody's fair share
            goes to those with more.
    """
    order = sorted(wanted, key=lambda file: (served.get(file.path, 0), file.backlog))[:MAX_FILES]
    left, shares = call_bytes, []
    for file in order:
        share = min(file.backlog, FILE_BYTES, left)
        if share <= 0:
            break
        shares.append((file, share))
        left -= share
    for index, (file, share) in enumerate(shares):
        more = min(file.backlog - share, left)
        shares[index] = (file, share + more)
        left -= more
    return shares
