"""The platforms there are, as platforms.yaml describes them at this moment."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from hypertrainer.errors import InvalidInput, NotFound
from hypertrainer.platforms.base import Platform
from hypertrainer.platforms.place_settings import LocalSettings
from hypertrainer.platforms.platform_types import PLATFORM_TYPES, Surroundings, make_platform
from hypertrainer.platforms.platforms_file import Entry, check_settings, parse_platforms

MAX_FILE_BYTES = 1_000_000
DEFAULT = Entry("local", "local", LocalSettings())
Stamp = tuple[int, int, int]


class Registry:
    """Every platform by its name.

    Looks at platforms.yaml again at each call, and keeps the last good version of a file that was
    broken since: `problem` then says what is wrong.
    """

    def __init__(
        self,
        path: Path,
        output: Path,
        python: str = "",
        fixed: Sequence[Platform] = (),
    ) -> None:
        """Describe the platforms.

        Args:
            path: platforms.yaml, which need not exist.
            output: the server's own output folder.
            python: the server's choice of a Python for tasks; empty: none.
            fixed: platforms beside those of the file, of which they take the place by name.
        """
        self.path = path
        self.known_hosts = path.parent / "known_hosts"
        self._surroundings = Surroundings(output, python, self.known_hosts)
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

    def entries(self) -> Mapping[str, Entry]:
        """What platforms.yaml, as it was last understood, says of each platform, by name."""
        self._refresh()
        return {name: entry for name, (entry, _) in self._made.items()}

    def build(self, name: str, type_name: str, settings: Mapping[str, Any]) -> Platform:
        """A platform of a description that is not in the file; whoever asks has to close it.

        Raises:
            InvalidInput: with every mistake, under `type` or `settings.KEY`.
        """
        entry = check_settings(name, type_name, settings, _settings_by_type())
        return make_platform(entry, self._surroundings)

    async def aclose(self) -> None:
        """Close every connection. Jobs go on."""
        for platform in self.all():
            await platform.aclose()
        await self.close_retired()

    async def close_retired(self) -> None:
        """Close the connections of platforms that are gone, or described anew."""
        while self._retired:
            await self._retired.pop().aclose()

    def _refresh(self) -> None:
        stamp = _stamp(self.path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._make(_entries(self.path) if stamp else [DEFAULT])
            self.problem = None
        except InvalidInput as error:
            self.problem = error

    def _make(self, entries: Sequence[Entry]) -> None:
        made = {}
        for entry in entries:
            before = self._made.get(entry.name)
            kept = before is not None and before[0] == entry
            made[entry.name] = (
                before if before and kept else (entry, make_platform(entry, self._surroundings))
            )
        before_them = (platform for _, platform in self._made.values())
        remaining = [platform for _, platform in made.values()]
        self._retired.extend(old for old in before_them if old not in remaining)
        self._made = made


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _entries(path: Path) -> Sequence[Entry]:
    """The file's platforms, `local` first unless it says otherwise."""
    entries = parse_platforms(_text(path), _settings_by_type())
    names = {entry if isinstance(entry, str) else entry.name for entry in entries}
    described = [entry for entry in entries if isinstance(entry, Entry)]
    return described if DEFAULT.name in names else [DEFAULT, *described]


def _settings_by_type() -> Mapping[str, type[BaseModel]]:
    return {name: made_of.settings for name, made_of in PLATFORM_TYPES.items()}


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise InvalidInput(f"{path} is larger than {MAX_FILE_BYTES} bytes: shorten it.")
        return data.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read as text: {error}.") from error
