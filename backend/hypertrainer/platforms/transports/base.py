"""How commands and files reach a place. A transport knows nothing of jobs."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hypertrainer.errors import PlatformError
from hypertrainer.platforms.machine import Machine
from hypertrainer.platforms.processes import ProcessIdentity

RUN_SECONDS = 60.0
UPLOAD_SECONDS = 900.0
READ_BYTES = 65_536


class Interrupted(PlatformError):
    """No answer came, but what was sent may have run: neither done nor not done."""

    code = "platform_interrupted"


@dataclass(frozen=True, slots=True)
class ExecResult:
    """What a script printed, and its exit code."""

    code: int
    output: str
    errors: str


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to write whole; `mode` as for chmod."""

    path: str
    data: bytes
    mode: int = 0o600


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """Some bytes of a file. An offset past its end is no error: there is nothing new."""

    path: str
    offset: int = 0
    max_bytes: int = READ_BYTES


@dataclass(frozen=True, slots=True)
class Slice:
    """What a read found. `size` is None where there is no file; `error`: it is unknown."""

    path: str
    data: bytes = b""
    size: int | None = None
    inode: int = 0
    error: str | None = None


class Transport(ABC):
    """One place, as one user of it."""

    is_local: bool = False
    can_spawn: bool = False  # whether `spawn` is quicker here than a script that does the same
    num_calls: int = 0  # commands sent so far

    @abstractmethod
    async def run(
        self, script: str, args: Sequence[str] = (), seconds: float = RUN_SECONDS
    ) -> ExecResult:
        """Run a bash script, sent on its standard input, and wait at most `seconds`.

        Raises:
            PlatformUnreachable: nothing was sent.
            Interrupted: the script may have run.
        """

    @abstractmethod
    async def put(self, files: Sequence[NewFile]) -> Mapping[str, str]:
        """Write files whole or not at all, their folders made; a reason by path for each failure.

        Raises:
            PlatformUnreachable: nothing was sent, or no answer came: doing it again does no harm.
        """

    @abstractmethod
    async def read(self, requests: Sequence[ReadRequest]) -> Sequence[Slice]:
        """Read slices of files one after the other, in this order, in as few calls as possible.

        Raises:
            PlatformUnreachable: nothing could be asked.
        """

    async def upload(self, source: Path, path: str, seconds: float = UPLOAD_SECONDS) -> None:
        """Copy a large file of this machine there, whole or not at all, its folders made.

        Raises:
            PlatformUnreachable: nothing was sent.
            Interrupted: the connection was cut; nothing is left there under this name.
            PlatformError: it cannot be written there; the message says why.
        """
        # What is on this machine is used where it lies: only ways to others bring anything.
        raise NotImplementedError(f"{type(self).__name__} leads nowhere else")

    async def home(self) -> str:
        """The user's home folder there: what `~` stands for.

        Raises:
            PlatformUnreachable: nothing could be asked.
        """
        return str(Path.home())

    def facts(self) -> Mapping[str, str]:
        """What is known of the way there, in words, for whoever looks after the platform."""
        return {}

    def retry_now(self) -> None:
        """Forget how long to wait after failures: a user asks to try again at once."""
        return

    async def wait_for_end(self, processes: Sequence[ProcessIdentity]) -> Sequence[ProcessIdentity]:
        """Wait until some of these processes have ended, and return them.

        Waits for ever where there are none, or where the place cannot be watched.
        """
        await asyncio.Event().wait()
        return processes

    def spawn(self, script: str, environment: Mapping[str, str]) -> ProcessIdentity:
        """Start a bash script, a file, detached: its own session, no input, no output.

        Args:
            script: the file's path.
            environment: variables beside the inherited ones.

        Raises:
            OSError: it was not started.
        """
        raise NotImplementedError(f"{type(self).__name__} spawns nothing; ask `can_spawn` first")

    async def machine(self) -> Machine | None:
        """What the machine at the other end has; None where it is not one machine.

        Raises:
            PlatformUnreachable: nothing could be asked.
        """
        return None

    async def aclose(self) -> None:
        """Close connections. What was started goes on."""
        return
