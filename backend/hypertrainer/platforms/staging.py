"""Brings jobs to a place: their wrapper, their config, and their code, once for each content."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from hypertrainer.errors import InvalidInput, PlatformError, PlatformUnreachable
from hypertrainer.platforms.base import Code, JobSpec, Rejected, SubmitOutcome
from hypertrainer.platforms.records import STOP_RECORD, RecordKind, record_path
from hypertrainer.platforms.schedulers.base import Scheduler
from hypertrainer.platforms.transports.base import ExecResult, Interrupted, NewFile, Transport
from hypertrainer.platforms.wrapper import wrapper_path, wrapper_script

WRAPPER_MODE = 0o700
UNPACK_SECONDS = 600.0
CODE_FOLDER = ".code"
SCRIPT_WORD = "{script}"
Outcomes = dict[str, SubmitOutcome]


class Staging:
    """Puts everything that jobs need where it has to be, before they are submitted."""

    def __init__(
        self, transport: Transport, scheduler: Scheduler, output: str, path: Sequence[str]
    ) -> None:
        """Describe the place.

        Args:
            transport: how files reach it.
            scheduler: what its queue is like for a wrapper.
            output: the folder of the task folders there; packed code is kept in it.
            path: the folders in which a script is looked for that is not brought.
        """
        self._transport = transport
        self._scheduler = scheduler
        self._output = output
        self._path = tuple(path)

    async def stage(self, jobs: Sequence[JobSpec], outcomes: Outcomes) -> Sequence[JobSpec]:
        """The jobs that may be submitted; `outcomes` says of the others why not.

        Raises:
            PlatformUnreachable: nothing was sent.
        """
        ready = await self._with_scripts(jobs, outcomes)
        files = self._files(ready, outcomes)
        failures = await self._transport.put([file for own in files.values() for file in own])
        for key, own in files.items():
            reason = next((why for file in own if (why := failures.get(file.path))), None)
            if reason is not None:
                outcomes[key] = Rejected(f"The task's folder cannot be written: {reason}.")
        return [job for job in ready if job.key not in outcomes]

    def _files(
        self, jobs: Sequence[JobSpec], outcomes: Outcomes
    ) -> Mapping[str, Sequence[NewFile]]:
        files = {}
        for job in jobs:
            try:
                queue = self._scheduler
                script = wrapper_script(
                    job, queue.wrapper_job_id, warns=queue.warns, notice=queue.notice
                )
            except InvalidInput as error:
                outcomes[job.key] = Rejected(error.message)
                continue
            data = script.encode(errors="surrogateescape")
            own = [NewFile(f"{job.folder}/{name}", text) for name, text in job.files.items()]
            files[job.key] = [
                *_ends_of_others(job),
                *own,
                NewFile(wrapper_path(job.folder), data, WRAPPER_MODE),
            ]
        return files

    async def _with_scripts(self, jobs: Sequence[JobSpec], outcomes: Outcomes) -> Sequence[JobSpec]:
        """The jobs with the path of their script there in their command."""
        codes = {job.code.digest: job.code for job in jobs if job.code}
        names = {job.script for job in jobs if job.script and not job.code}
        if not codes and not names:
            return jobs
        places = await self._look(list(codes.values()), sorted(names))
        ready = []
        for job in jobs:
            place = places.get(job.code.digest if job.code else job.script or "")
            if isinstance(place, Rejected):
                outcomes[job.key] = place
            else:
                ready.append(_with_script(job, place))
        return ready

    async def _look(
        self, codes: Sequence[Code], names: Sequence[str]
    ) -> Mapping[str, str | Rejected]:
        """Where each code's folder (by digest) and each script (by name) is there."""
        calls = [("ht_code", code.digest, self._code_folder) for code in codes]
        lookups = [
            ("ht_script", str(number), name, *self._path) for number, name in enumerate(names)
        ]
        told = _told(await self._transport.run(_script([*calls, *lookups])))
        places: dict[str, str | Rejected] = {}
        for code in codes:
            is_there = told.get(code.digest, "").startswith("present")
            problem = None if is_there else await self._bring(code)
            places[code.digest] = problem or f"{self._code_folder}/{code.digest}"
        for number, name in enumerate(names):
            word, _, found = told.get(str(number), "").partition(" ")
            places[name] = found if word == "found" else self._not_found(name)
        return places

    def _not_found(self, name: str) -> Rejected:
        looked_in = ", ".join(self._path) or "nowhere: the platform has no `path:`"
        return Rejected(
            f"The script `{name}` is not there; looked in {looked_in}. Copy it there, or let "
            "HyperTrainer bring it (`stage: true`)."
        )

    async def _bring(self, code: Code) -> Rejected | None:
        """Upload and unpack; why it could not be done, if so."""
        archive = f"{self._code_folder}/{code.digest}.tar.gz"
        try:
            await self._transport.upload(Path(code.archive), archive)
            script = _script([("ht_unpack", code.digest, self._code_folder)])
            result = await self._transport.run(script, (), UNPACK_SECONDS)
        except Interrupted as error:
            return Rejected(
                f"The code could not be brought there: {error.message}", is_retryable=True
            )
        except (PlatformError, OSError) as error:
            if isinstance(error, PlatformUnreachable):
                raise
            return Rejected(f"The code could not be brought there: {error}.")
        word, _, why = _told(result).get(code.digest, "").partition(" ")
        if word == "present":
            return None
        return Rejected(f"The code could not be unpacked there: {why or result.errors.strip()}.")

    @property
    def _code_folder(self) -> str:
        return f"{self._output}/{CODE_FOLDER}"


def _ends_of_others(job: JobSpec) -> Sequence[NewFile]:
    """Earlier attempts that count as lost but wait somewhere never start beside this one."""
    return [
        NewFile(record_path(job.folder, RecordKind.STOP, attempt), STOP_RECORD)
        for attempt in range(1, job.attempt)
    ]


def _with_script(job: JobSpec, place: str | None) -> JobSpec:
    if place is None:
        return job
    path = f"{place}/{job.script}" if job.code and job.script else place
    words = tuple(word.replace(SCRIPT_WORD, path) for word in job.command)
    return replace(job, command=words)


def removal_script(folders: Sequence[str]) -> str:
    """Deletes task folders; told by their numbers."""
    return _script([("ht_remove", str(number), folder) for number, folder in enumerate(folders)])


def parse_removal(result: ExecResult, folders: Sequence[str]) -> Mapping[str, str]:
    """Why some of these folders could not be deleted, by folder."""
    told = _told(result)
    if "end" not in told:
        return dict.fromkeys(folders, f"the deletion ended ({result.code}): {result.errors!r}")
    return {
        folder: told[str(number)].removeprefix("failed ")
        for number, folder in enumerate(folders)
        if str(number) in told
    }


def _script(calls: Sequence[Sequence[str]]) -> str:
    lines = (" ".join(shlex.quote(word) for word in call) for call in calls)
    return "\n".join([_functions(), *lines, "printf 'ht end\\n'"])


@cache
def _functions() -> str:
    return Path(__file__).with_suffix(".sh").read_text()


def _told(result: ExecResult) -> dict[str, str]:
    lines = (line.split(" ", 2) for line in result.output.splitlines() if line.startswith("ht "))
    return {parts[1]: parts[2] if parts[2:] else "" for parts in lines if parts[1:]}
