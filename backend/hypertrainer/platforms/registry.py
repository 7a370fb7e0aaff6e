"""The platforms there are, as platforms.yaml describes them at this moment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from hypertrainer.errors import InvalidInput, NotFound
from hypertrainer.platforms.base import Platform
from hypertrainer.platforms.place_settings import LocalSettings
from hypertrainer.platforms.platforms_file import Entry, parse_platforms
from hypertrainer.platforms.schedulers.base import Scheduler
from hypertrainer.platforms.schedulers.direct import DirectScheduler
from hypertrainer.platforms.shell import ShellPlatform, ShellSettings
from hypertrainer.platforms.transports.base import Transport
from hypertrainer.platforms.transports.local import LocalTransport

MAX_FILE_BYTES = 1_000_000
DEFAULT = Entry("local", "local", LocalSettings())
Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class PlatformType:
    """One type: the settings it takes, how its place is reached, what its queue speaks."""

    settings: type[LocalSettings]
    transport: Callable[[], Transport]
    scheduler: Callable[[], Scheduler]


PLATFORM_TYPES: Mapping[str, PlatformType] = {
    "local": PlatformType(LocalSettings, LocalTransport, DirectScheduler),
}


class Registry:
    """Every platform by its name.

    Looks at platforms.yaml again at each call, and keeps the last good version of a file that was
    broken since: `problem` then says what is wrong.
    """

    def __init__(
        self, path: Path, output: Path, python: str = "", fixed: Sequence[Platform] = ()
    ) -> None:
        """Describe the platforms.

        Args:
            path: platforms.yaml, which need not exist.
            output: the server's own output folder.
            python: the server's choice of a Python for tasks; empty: none.
            fixed: platforms beside those of the file, of which they take the place by name.
        """
        self._path = path
        self._output = output
        self._python = python
        self._fixed = {platform.name: platform for platform in fixed}
        self._stamp: Stamp | None = None
        self._made: dict[str, tuple[Entry, Platform]] = {}
        self._retired: list[Platform] = []
        self.problem: InvalidInput | None = None
        self._make([DEFAULT])
        self._refresh()

    def all(self) -> Sequence[Platform]:
        """Every platform, in the file's order."""
        self._refresh()
        named = {name: platform for name, (_, platform) in self._made.items()}
        return list({**named, **self._fixed}.values())

    def find(self, name: str) -> Platform | None:
        """The platform of this name, if there is one."""
        return next((platform for platform in self.all() if platform.name == name), None)

    def get(self, name: str) -> Platform:
        """The platform of this name.

        Raises:
            NotFound: there is none; the message names those there are.
        """
        platform = self.find(name)
        if platform is None:
            known = ", ".join(platform.name for platform in self.all())
            raise NotFound(f"There is no platform `{name}`; there are: {known}.")
        return platform

    async def aclose(self) -> None:
        """Close every connection. Jobs go on."""
        for platform in (*self.all(), *self._retired):
            await platform.aclose()
        self._retired.clear()

    def _refresh(self) -> None:
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._make(_entries(self._path) if stamp else [DEFAULT])
            self.problem = None
        except InvalidInput as error:
            self.problem = error

    def _make(self, entries: Sequence[Entry]) -> None:
        made = {}
        for entry in entries:
            before = self._made.get(entry.name)
            kept = before is not None and before[0] == entry
            made[entry.name] = before if before and kept else (entry, self._platform(entry))
        before_them = (platform for _, platform in self._made.values())
        remaining = [platform for _, platform in made.values()]
        self._retired.extend(old for old in before_them if old not in remaining)
        self._made = made

    def _platform(self, entry: Entry) -> Platform:
        made_of = PLATFORM_TYPES[entry.type]
        settings = made_of.settings.model_validate(entry.settings)
        shell = ShellSettings(
            python=settings.python,
            setup=settings.setup,
            environment=settings.environment,
            output=settings.output,
            grace_seconds=settings.grace,
            poll_seconds=settings.poll,
            slots=settings.slot_wishes,
            default_output=str(self._output),
            default_python=self._python or "python3",
        )
        transport, scheduler = made_of.transport(), made_of.scheduler()
        return ShellPlatform(entry.name, entry.type, transport, scheduler, shell)


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _entries(path: Path) -> Sequence[Entry]:
    """The file's platforms, `local` first unless it says otherwise."""
    types: Mapping[str, type[BaseModel]] = {
        name: made_of.settings for name, made_of in PLATFORM_TYPES.items()
    }
    entries = parse_platforms(_text(path), types)
    names = {entry if isinstance(entry, str) else entry.name for entry in entries}
    described = [entry for entry in entries if isinstance(entry, Entry)]
    return described if DEFAULT.name in names else [DEFAULT, *described]


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise InvalidInput(f"{path} is larger than {MAX_FILE_BYTES} bytes: shorten it.")
        return data.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read as text: {error}.") from error
