"""What interpreters on platforms have, asked once for all tasks that run in the same one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

from hypertrainer.errors import PlatformError
from hypertrainer.platforms.base import Platform

FRESH_SECONDS = 3_600.0  # afterwards its packages may be others
RETRY_SECONDS = 60.0  # at first, after a question without an answer; then ever later
MAX_TRIES = 8  # within some hours

Key = tuple[str, str, tuple[str, ...]]  # platform, interpreter, setup lines


@dataclass(slots=True)
class _Known:
    """What was found out of one interpreter."""

    packages: Mapping[str, str] | None = None
    at: float = 0.0
    tries: int = 0  # without an answer, in a row


@dataclass(slots=True)
class RemotePythons:
    """Remembers answers, and how often there was none."""

    _known: dict[Key, _Known] = field(default_factory=dict)

    async def describe(
        self, platform: Platform, python: str, setup: Sequence[str]
    ) -> Mapping[str, str] | None:
        """Versions by package, the interpreter's own under `python`; None: ask again later.

        After many questions without an answer nothing is known of it, which is an answer too.
        """
        known = self._known.setdefault((platform.name, python, tuple(setup)), _Known())
        if known.packages is not None and monotonic() - known.at < FRESH_SECONDS:
            return known.packages
        wait = RETRY_SECONDS * 2 ** (known.tries - 1) if known.tries else 0.0
        if known.tries and monotonic() - known.at < wait:
            return None
        known.at = monotonic()
        try:
            known.packages = await platform.describe_python(python, setup) or {}
        except PlatformError:
            known.tries += 1
            if known.tries < MAX_TRIES:
                return None
            known.packages = {}
        known.tries = 0
        return known.packages
