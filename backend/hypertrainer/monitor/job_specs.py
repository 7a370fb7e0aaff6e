"""From an attempt to what its platform is handed."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from hypertrainer.monitor.attempts import Pair
from hypertrainer.platforms.base import (
    Capacity,
    JobSpec,
    Platform,
    Rejected,
    Resources,
)
from hypertrainer.platforms.slots import gpu_environment
from hypertrainer.tasks.creation import saved_id
from hypertrainer.tasks.folder import CONFIG_NAME
from hypertrainer.tasks.launch import LaunchPlan, job_environment
from hypertrainer.tasks.tables import Attempt, Task


def resources_of(task: Task) -> Resources:
    """What the task asks for, its platform's defaults included."""
    return LaunchPlan.model_validate(task.launch).resources


async def jobs_of(
    pairs: Sequence[Pair], platform: Platform, capacities: Mapping[str, Capacity] | None
) -> Mapping[str, JobSpec | Rejected]:
    """By key, the attempts as their platform launches them, or why one of them cannot be.

    Args:
        pairs: the attempts with their tasks.
        platform: where they go.
        capacities: what our own queue hands out there, by machine; None without one.
    """
    if platform.has_local_output:
        return _jobs_of(pairs, platform, capacities)
    return await asyncio.to_thread(_jobs_of, pairs, platform, capacities)


def _jobs_of(
    pairs: Sequence[Pair], platform: Platform, capacities: Mapping[str, Capacity] | None
) -> Mapping[str, JobSpec | Rejected]:
    specs: dict[str, JobSpec | Rejected] = {}
    for attempt, task in pairs:
        capacity = (capacities or {}).get(attempt.machine)
        if platform.has_local_output != (task.remote_path is None):
            why = f"`{platform.name}` is on another machine now than when it was submitted"
            specs[attempt.key] = Rejected(f"{why}. Clone task #{task.id}.")
            continue
        try:
            specs[attempt.key] = job_of(attempt, task, platform, capacity)
        except OSError as error:
            why = f"{error.filename or task.output_path} cannot be read: {error.strerror or error}"
            specs[attempt.key] = Rejected(f"{why}. Clone task #{task.id}.")
    return specs


def job_of(attempt: Attempt, task: Task, platform: Platform, capacity: Capacity | None) -> JobSpec:
    """The attempt as its platform launches it. Blocks where the output is not local.

    Raises:
        OSError: what has to be brought there is not here any more.
    """
    plan = LaunchPlan.model_validate(task.launch)
    folder = task.remote_path or task.output_path
    environment = {**plan.environment, **job_environment(saved_id(task), folder, attempt.number)}
    if capacity is not None:
        environment.update(gpu_environment(capacity, attempt.gpus))
    is_remote = task.remote_path is not None
    return JobSpec(
        key=attempt.key,
        attempt=attempt.number,
        folder=folder,
        command=plan.command_for(folder),
        environment=environment,
        setup=plan.setup,
        resources=plan.resources,
        grace_seconds=platform.grace_seconds,
        files=_files_of(task) if is_remote else {},
        code=plan.code,
        script=plan.script_name,
        machine=attempt.machine,
    )


def _files_of(task: Task) -> Mapping[str, bytes]:
    return {CONFIG_NAME: (Path(task.output_path) / CONFIG_NAME).read_bytes()}
