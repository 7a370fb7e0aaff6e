"""Reads what the wrappers of some attempts left, in one go and in a telling order."""

from collections.abc import Mapping, Sequence

from hypertrainer.platforms.base import JobHandle, JobState, Observation, Submitted
from hypertrainer.platforms.records import (
    MAX_RECORD_BYTES,
    RecordKind,
    parse_exit,
    parse_identity,
    parse_owner,
    parse_start,
    record_path,
)
from hypertrainer.platforms.schedulers.base import Evidence, Scheduler
from hypertrainer.platforms.transports.base import ReadRequest, Slice, Transport

# The exit record last: a process seen dead before it was read has left it, or never will.
READ_ORDER = (RecordKind.SUBMITTED, RecordKind.CLAIM, RecordKind.START, RecordKind.EXIT)


async def gather_evidence(
    transport: Transport, scheduler: Scheduler, handles: Sequence[JobHandle]
) -> Sequence[Evidence]:
    """The evidence about each job, in the given order.

    Raises:
        PlatformUnreachable: nothing could be asked.
    """
    probes = dict.fromkeys(path for handle in handles for path in scheduler.probes(handle))
    paths = [*probes, *(path for handle in handles for path in _paths(handle))]
    slices = await transport.read([ReadRequest(path, 0, MAX_RECORD_BYTES) for path in paths])
    seen = {found.path: found for found in slices}
    probed = {path: _content(seen[path]) for path in probes}
    return [_evidence(handle, seen, probed) for handle in handles]


def _paths(handle: JobHandle) -> Sequence[str]:
    return [record_path(handle.folder, kind, handle.attempt) for kind in READ_ORDER]


def _content(found: Slice) -> bytes | None:
    return None if found.size is None else found.data


def _evidence(
    handle: JobHandle, seen: Mapping[str, Slice], probes: Mapping[str, bytes | None]
) -> Evidence:
    submitted, claim, start, ending = (seen[path] for path in _paths(handle))
    errors = [found.error for found in (submitted, claim, start, ending) if found.error]
    return Evidence(
        handle=handle,
        start=parse_start(start.data),
        exit=parse_exit(ending.data),
        owner=parse_owner(claim.data),
        accepted=parse_owner(submitted.data),
        launched=parse_identity(claim.data) or parse_identity(submitted.data),
        probes=probes,
        error=errors[0] if errors else None,
    )


def told_by_files(evidence: Evidence, listed: Observation | None = None) -> Observation | None:
    """What the records alone decide, with the cause that the queue listed; None: nothing."""
    record = evidence.exit
    if record is not None:
        return Observation(
            JobState.ENDED,
            listed.raw_state if listed else "exit record",
            record.reason or (listed.reason if listed else ""),
            exit_code=record.code,
            cause=record.cause or (listed.cause if listed else None),
            start=evidence.start,
            exit=record,
        )
    if evidence.error is not None:
        reason = f"its records cannot be read: {evidence.error}"
        return Observation(JobState.UNKNOWN, "unreadable", reason, start=evidence.start)
    return None


def trace_of(evidence: Evidence) -> Submitted | None:
    """The job as its records name it; None where it left none."""
    if evidence.start is not None:
        return Submitted(evidence.start.job_id, evidence.start.host)
    if evidence.owner is not None:
        return Submitted(evidence.owner, "")
    if evidence.accepted is not None:
        return Submitted(evidence.accepted, "")
    if evidence.launched is not None:
        return Submitted(str(evidence.launched.pid), "")
    return Submitted("", "") if evidence.exit is not None else None
