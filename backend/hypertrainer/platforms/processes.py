"""What names a process, and whether it lives, as `/proc` tells it."""

from dataclasses import dataclass

STAT_FIELDS_AFTER_NAME = 20  # up to the start time, field 22 of `/proc/PID/stat`
BOOT_ID = "/proc/sys/kernel/random/boot_id"
HOSTNAME = "/proc/sys/kernel/hostname"
DEAD_STATES = (b"Z", b"X", b"x")


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """What names one process for ever: its number alone is used again."""

    pid: int
    process_start: str
    boot_id: str

    @property
    def stat_path(self) -> str:
        """The file that tells of whoever has this number now."""
        return f"/proc/{self.pid}/stat"

    def is_named_by(self, stat: bytes) -> bool:
        """Whether this `/proc/PID/stat` is of this very process, be it a zombie."""
        return _fields(stat)[1] == self.process_start.encode()

    def is_alive_in(self, stat: bytes) -> bool:
        """Whether this `/proc/PID/stat` shows this very process alive; a zombie is dead."""
        return self.is_named_by(stat) and _fields(stat)[0] not in DEAD_STATES


def start_time(stat: bytes) -> str:
    """The start time in this `/proc/PID/stat`; empty where it is none."""
    return _fields(stat)[1].decode()


def _fields(stat: bytes) -> tuple[bytes, bytes]:
    fields = stat.rpartition(b") ")[2].split()  # the name before it may hold anything
    if len(fields) < STAT_FIELDS_AFTER_NAME:
        return b"X", b""
    return fields[0], fields[STAT_FIELDS_AFTER_NAME - 1]
