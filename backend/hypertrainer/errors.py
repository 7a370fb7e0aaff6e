"""What can go wrong, as one tree. Siblings exist only where a caller acts differently.

HyperTrainerError
├── NotFound              404  no such thing
├── Conflict              409  the thing's state forbids it
├── InvalidInput          422  the caller's input is wrong; `fields` says where
├── NoPointLeft           409  a search has tried every point, or its constraints allow none
├── AdviserFailed         503  the process that chooses a search's points gave no answer
├── Unauthenticated       401  no token, or a wrong one
├── Forbidden             403  a request that this server never serves (Host, Origin)
├── StorageError          507  the disk is full or a folder cannot be written
└── PlatformError         502  a platform answered, and refused
    └── PlatformUnreachable 503  a platform did not answer: nothing may be concluded
        └── AuthNeeded      503  it answers, but lets nobody in until somebody does something
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with one input field.

    `path` is dotted (`config_text`, `overrides.training.lr`, `hpsearch.params.0.lo`); `line` and
    `column` count from 1 and point into the YAML text where there is one.
    """

    path: str
    message: str
    line: int | None = None
    column: int | None = None


class HyperTrainerError(Exception):
    """Root of every error that a user is told about. `message` names the thing and the remedy."""

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, fields: Sequence[FieldProblem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.fields = tuple(fields)


class NotFound(HyperTrainerError):
    """There is no such thing."""

    code = "not_found"
    http_status = 404


class Conflict(HyperTrainerError):
    """The thing exists, but its state forbids what was asked."""

    code = "conflict"
    http_status = 409


class InvalidInput(HyperTrainerError):
    """The input is wrong; `fields` says where and what to write instead."""

    code = "invalid_input"
    http_status = 422


class NoPointLeft(HyperTrainerError):
    """A search has tried every point it may, or its constraints allow none."""

    code = "no_point_left"
    http_status = 409


class AdviserFailed(HyperTrainerError):
    """The process that chooses points crashed, or took too long. Asking again may help."""

    code = "adviser_failed"
    http_status = 503


class Unauthenticated(HyperTrainerError):
    """No token came with the request, or a wrong one."""

    code = "unauthenticated"
    http_status = 401


class Forbidden(HyperTrainerError):
    """A request this server never serves: a foreign Host or Origin."""

    code = "forbidden"
    http_status = 403


class StorageError(HyperTrainerError):
    """A folder cannot be written, or the disk is full."""

    code = "storage_failed"
    http_status = 507


class PlatformError(HyperTrainerError):
    """A platform answered, and refused."""

    code = "platform_failed"
    http_status = 502


class PlatformUnreachable(PlatformError):
    """A platform did not answer: nothing may be concluded about its jobs."""

    code = "platform_unreachable"
    http_status = 503


class AuthNeeded(PlatformUnreachable):
    """A platform does not let us in: a key, a password or the acceptance of its own is missing."""

    code = "platform_auth_needed"
