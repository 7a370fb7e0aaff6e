"""From polls to reports. A record may reach us after its job's end: network file systems lag."""

from collections.abc import Mapping
from dataclasses import replace
from time import monotonic

from hypertrainer.errors import PlatformError
from hypertrainer.platforms.base import JobState, Observation, Report
from hypertrainer.platforms.evidence import conclude
from hypertrainer.platforms.poll import Poll
from hypertrainer.platforms.schedulers.base import Evidence, Scheduler

WAITS = "its queue says that it has ended; its exit record is awaited"
Key = tuple[str, int]


class Settling:
    """Holds back ends without a record for a while. What it remembers may be lost at no harm."""

    def __init__(self, *, has_queue: bool, seconds: float) -> None:
        self._has_queue = has_queue
        self._seconds = seconds
        self.trouble = ""  # what the queue said instead of an answer, the last time
        self._ended: dict[Key, float] = {}  # when a job was first seen ended without a record

    def report(self, poll: Poll, scheduler: Scheduler) -> Report:
        """What this poll allows to conclude."""
        listed: Mapping[str, Observation] = {}
        try:
            listed = scheduler.parse_list(poll.queue, poll.evidence)
            is_complete, self.trouble = True, ""
        except PlatformError as error:
            is_complete, self.trouble = False, error.message
        seen = {}
        for job in poll.evidence:
            told = conclude(job, listed.get(job.handle.key), has_queue=self._has_queue)
            if told is None:
                is_complete = False
            else:
                seen[job.handle.key] = self._settled(job, told)
        self._forget({_key(job) for job in poll.evidence})
        return Report(is_complete, seen, poll.files)

    def _settled(self, job: Evidence, told: Observation) -> Observation:
        if told.state is not JobState.ENDED or job.exit is not None or job.start is None:
            self._ended.pop(_key(job), None)
            return told
        since = self._ended.setdefault(_key(job), monotonic())
        if monotonic() - since >= self._seconds:
            return told
        return replace(told, state=JobState.STOPPING, reason=WAITS)

    def _forget(self, others: set[Key]) -> None:
        self._ended = {key: since for key, since in self._ended.items() if key in others}


def _key(job: Evidence) -> Key:
    return job.handle.key, job.handle.attempt
