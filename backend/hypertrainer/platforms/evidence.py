"""Reads what the wrappers of some attempts left, in one go and in a telling order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hypertrainer.platforms.base import JobHandle, JobState, Observation, Submitted
from hypertrainer.platforms.records import (
    MAX_EXIT_BYTES,
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
SHELL_SIGNAL_BASE = 128  # a shell reports death by signal n as 128 + n
OVER = (JobState.ENDED, JobState.ABSENT)
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
    slices = await transport.read([ReadRequest(path, 0, _most_bytes(path)) for path in paths])
    seen = {found.path: found for found in slices}
    probed = {path: _content(seen[path]) for path in probes}
    return [_evidence(handle, seen, probed) for handle in handles]


def _paths(handle: JobHandle) -> Sequence[str]:
    return [record_path(handle.folder, kind, handle.attempt) for kind in READ_ORDER]


def _most_bytes(path: str) -> int:
    is_exit = f"/{RecordKind.EXIT.value}." in path
    return MAX_EXIT_BYTES if is_exit else MAX_RECORD_BYTES


def _content(found: Slice) -> bytes | None:
    return None if found.size is None else found.data


def _evidence(
    handle: JobHandle, seen: Mapping[str, Slice], probes: Mapping[str, bytes | None]
) -> Evidence:
    found = dict(zip(READ_ORDER, (seen[path] for path in _paths(handle)), strict=True))
    error = next((one.error for one in found.values() if one.error), None)
    return evidence_from(handle, {kind: one.data for kind, one in found.items()}, probes, error)


def evidence_from(
    handle: JobHandle,
    records: Mapping[RecordKind, bytes],
    probes: Mapping[str, bytes | None],
    error: str | None,
) -> Evidence:
    """The evidence in an attempt's records; empty bytes where there is no such record."""
    submitted, claim = records[RecordKind.SUBMITTED], records[RecordKind.CLAIM]
    return Evidence(
        handle=handle,
        start=parse_start(records[RecordKind.START]),
        exit=parse_exit(records[RecordKind.EXIT]),
        owner=parse_owner(claim),
        accepted=parse_owner(submitted),
        launched=parse_identity(claim) or parse_identity(submitted),
        probes=probes,
        error=error,
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


def conclude(
    evidence: Evidence, listed: Observation | None, *, has_queue: bool
) -> Observation | None:
    """What records and queue say together; None: nothing may be concluded.

    A record gives the code, the queue the cause: where the end was not the program's own doing, its
    record alone does not end a job. A queue that has the job waiting again has requeued it.
    """
    record = evidence.exit
    if record is None or (has_queue and listed is not None and listed.state is JobState.QUEUED):
        return _without_record(evidence, listed)
    is_by_itself = record.signal is None and (record.code or 0) <= SHELL_SIGNAL_BASE
    if not has_queue or is_by_itself or (listed is not None and listed.state in OVER):
        return told_by_files(evidence, listed)
    if listed is None:
        return None
    reason = "its program has ended; the queue has not said yet why"
    return Observation(JobState.STOPPING, listed.raw_state, reason, start=evidence.start)


def _without_record(evidence: Evidence, listed: Observation | None) -> Observation | None:
    if evidence.error is not None and (listed is None or listed.state in OVER):
        return told_by_files(replace(evidence, exit=None))
    if listed is None or listed.state is JobState.QUEUED:
        return listed
    return replace(listed, start=evidence.start or listed.start)


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
