"""This machine: bash for scripts, Python for files, the kernel for news of processes."""

import asyncio
import contextlib
import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from hypertrainer.errors import PlatformUnreachable
from hypertrainer.platforms.machine import Machine, local_machine
from hypertrainer.platforms.processes import BOOT_ID, ProcessIdentity, start_time
from hypertrainer.platforms.transports.base import (
    RUN_SECONDS,
    ExecResult,
    Interrupted,
    NewFile,
    ReadRequest,
    Slice,
    Transport,
)

NO_STREAMS = (
    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
)
DEFAULT_SIGNALS = (  # what Python, or whoever started the server, may have had ignored
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGPIPE,
    signal.SIGTERM,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGXFSZ,
)
MANY_READS = 200  # fewer small reads take less time than a thread's turn


class LocalTransport(Transport):
    """Runs scripts and touches files on the server's own machine."""

    is_local = True
    can_spawn = True

    def __init__(self) -> None:
        self._children: set[int] = set()  # started by this process, which has to bury them

    async def run(
        self, script: str, args: Sequence[str] = (), seconds: float = RUN_SECONDS
    ) -> ExecResult:
        words = " ".join(shlex.quote(word) for word in args)
        text = f"set -- {words}\n{script}" if args else script
        return await asyncio.to_thread(_run, text, seconds)

    async def put(self, files: Sequence[NewFile]) -> Mapping[str, str]:
        if len(files) > 1:
            return await asyncio.to_thread(_put_all, files)
        return _put_all(files)

    async def read(self, requests: Sequence[ReadRequest]) -> Sequence[Slice]:
        if len(requests) > MANY_READS:
            return await asyncio.to_thread(_read_all, requests)
        return _read_all(requests)

    async def wait_for_end(self, processes: Sequence[ProcessIdentity]) -> Sequence[ProcessIdentity]:
        ended: list[ProcessIdentity] = []
        news = asyncio.Event()

        def tell(process: ProcessIdentity) -> None:
            ended.append(process)
            news.set()

        with contextlib.ExitStack() as watches:
            for process in processes:
                watches.enter_context(_watch(process, tell))
            await news.wait()
        self._bury()
        return ended

    def spawn(self, script: str, environment: Mapping[str, str]) -> ProcessIdentity:
        self._bury()
        pid = os.posix_spawnp(
            "bash",
            ["bash", script],
            {**os.environ, **environment},
            file_actions=[*NO_STREAMS, *_closed_streams()],
            setsid=True,
            setsigmask=(),
            setsigdef=DEFAULT_SIGNALS,
        )
        self._children.add(pid)
        stat = _read(ReadRequest(f"/proc/{pid}/stat")).data
        boot_id = _read(ReadRequest(BOOT_ID)).data.decode().strip()
        return ProcessIdentity(pid, start_time(stat), boot_id)

    def _bury(self) -> None:
        for pid in list(self._children):
            try:
                is_dead = os.waitpid(pid, os.WNOHANG)[0] == pid
            except ChildProcessError:  # somebody else has buried it
                is_dead = True
            if is_dead:
                self._children.discard(pid)

    async def machine(self) -> Machine:
        return await asyncio.to_thread(local_machine)


def _closed_streams() -> Iterator[tuple[int, int]]:
    """File actions for descriptors that would be inherited; Python's own are not."""
    for link in Path("/proc/self/fd").iterdir():
        descriptor = int(link.name)
        with contextlib.suppress(OSError):  # the listing's own is closed by now
            if descriptor > 2 and os.get_inheritable(descriptor):
                yield os.POSIX_SPAWN_CLOSE, descriptor


def _run(text: str, seconds: float) -> ExecResult:
    # A thread and not asyncio's subprocess: its vfork is cheap however large the server is.
    try:
        done = subprocess.run(
            ["bash", "-s"],  # noqa: S607 - the bash of the PATH: not every system has /bin/bash
            input=text.encode(errors="surrogateescape"),
            capture_output=True,
            check=False,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as error:
        raise Interrupted(f"bash gave no answer within {seconds:g} seconds.") from error
    except OSError as error:
        raise PlatformUnreachable(f"bash could not be started here: {error}.") from error
    return ExecResult(
        done.returncode,
        done.stdout.decode(errors="replace"),
        done.stderr.decode(errors="replace"),
    )


def _put_all(files: Sequence[NewFile]) -> Mapping[str, str]:
    failures = {}
    for file in files:
        try:
            _put(file)
        except OSError as error:
            failures[file.path] = _in_words(error)
    return failures


def _put(file: NewFile) -> None:
    target = Path(file.path)
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with open(descriptor, "wb") as stream:  # noqa: PTH123 - a descriptor has no path
            stream.write(file.data)
        if file.mode != 0o600:
            Path(temporary).chmod(file.mode)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _read_all(requests: Sequence[ReadRequest]) -> Sequence[Slice]:
    return [_read(request) for request in requests]


def _read(request: ReadRequest) -> Slice:
    try:
        descriptor = os.open(request.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return Slice(request.path)
    except OSError as error:
        return Slice(request.path, error=_in_words(error))
    try:
        status = os.fstat(descriptor)
        data = os.pread(descriptor, request.max_bytes, request.offset)
        return Slice(request.path, data, status.st_size, status.st_ino)
    except ProcessLookupError:  # a file of /proc whose process has just ended
        return Slice(request.path)
    except OSError as error:
        return Slice(request.path, error=_in_words(error))
    finally:
        os.close(descriptor)


def _in_words(error: OSError) -> str:
    return f"{error.strerror or error}: {error.filename}" if error.filename else str(error)


@contextlib.contextmanager
def _watch(process: ProcessIdentity, tell: Callable[[ProcessIdentity], None]) -> Iterator[None]:
    """Call `tell` once the process has ended, whoever its parent is."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        tell(process)
        yield
        return
    except OSError:  # a kernel that has no such news: polling finds out
        yield
        return
    loop = asyncio.get_running_loop()
    try:
        loop.add_reader(descriptor, tell, process)
        if not process.is_named_by(_read(ReadRequest(process.stat_path)).data):
            tell(process)  # its number is another's now
        yield
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
