"""What a request would create, and what its platform's queue says of that; nothing is written."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict

from hypertrainer.dependencies import Services
from hypertrainer.error_body import field_errors
from hypertrainer.errors import AdviserFailed, NoPointLeft, PlatformError
from hypertrainer.hpsearch.adviser import Adviser
from hypertrainer.hpsearch.child_configs import child_config
from hypertrainer.hpsearch.drafts import places_of
from hypertrainer.hpsearch.expansion import Prepared, prepare
from hypertrainer.hpsearch.points import ask_first_points
from hypertrainer.hpsearch.preview_schemas import (
    CodeRead,
    ForecastProblem,
    ForecastRead,
    PreviewTrial,
    ResourcesRead,
    TaskPreview,
)
from hypertrainer.hpsearch.samplers.base import Suggestion
from hypertrainer.hpsearch.search_previews import search_preview
from hypertrainer.hpsearch.warm_starts import find_warm_start
from hypertrainer.platforms.base import Forecast, JobSpec
from hypertrainer.tasks.checking import Checked, Placed
from hypertrainer.tasks.code import digest_of
from hypertrainer.tasks.creation import new_key, new_uuid
from hypertrainer.tasks.launch import LaunchPlan
from hypertrainer.tasks.schemas import TaskSubmit

PREVIEWED_TRIALS = 100
FORECAST_SECONDS = 15.0


async def preview(
    services: Services,
    adviser: Adviser,
    request: TaskSubmit,
    *,
    placed: Placed | None = None,
    with_forecast: bool = False,
) -> TaskPreview:
    """What a request would create, and every problem it has; nothing is written.

    Args:
        services: the parts of the application.
        adviser: knows the points of searches.
        request: what a user asks for.
        placed: given where the config has its platform's own values already.
        with_forecast: ask the platform's queue, for a few seconds at most, where it has one.
    """
    prepared = await asyncio.to_thread(prepare, services, request, placed=placed)
    await find_warm_start(services.database, prepared)
    points: list[Suggestion] = []
    spec = prepared.spec
    if spec is not None and not prepared.checked.problems:
        with suppress(NoPointLeft, AdviserFailed):  # then none is shown
            points = await ask_first_points(adviser, spec, spec.seed or 0, PREVIEWED_TRIALS)
    read = await asyncio.to_thread(_read, services, prepared, points)
    if with_forecast and not read.problems:
        read.forecast = await _forecast(services, prepared)
    return read


def _read(services: Services, prepared: Prepared, points: Sequence[Suggestion]) -> TaskPreview:
    checked, plan = prepared.checked, prepared.checked.plan
    code = checked.attempt("script", lambda: _code(checked))
    config = checked.config
    # A search that cannot be read is neither one task nor a known number of them.
    is_known = config is not None and (prepared.spec is not None or not config.is_search)
    if prepared.spec is not None and config is not None and points:
        name = prepared.spec.search_name(prepared.stem)
        first = points[0]
        config = child_config(config, prepared.spec, name, 0, first.values, inactive=first.inactive)
    return TaskPreview(
        script_path=str(checked.script_path) if checked.script_path else None,
        command=_command(plan) if plan else [],
        setup=list(plan.setup) if plan else [],
        remote_root=_remote_root(services, checked),
        code=code,
        resources=_resources(plan) if plan else None,
        forecast=None,
        is_search=prepared.spec is not None,
        search=search_preview(prepared),
        num_tasks=prepared.num_tasks if is_known else 0,
        trials=_trials(prepared, points) if is_known else [],
        platforms=[one.place.platform for one in prepared.places] or [checked.request.platform],
        config_text=config.text() if config else "",
        problems=field_errors(checked.problems),
        warnings=field_errors(prepared.warnings),
    )


def _trials(prepared: Prepared, points: Sequence[Suggestion]) -> list[PreviewTrial]:
    spec = prepared.spec
    if spec is None:
        return [PreviewTrial(name=prepared.stem, params={})]
    return [
        PreviewTrial(name=spec.task_name(prepared.stem, number), params=dict(point.values))
        for number, point in enumerate(points)
    ]


def _command(plan: LaunchPlan) -> list[str]:
    """The command as it is shown: of a script elsewhere, its name."""
    name = plan.script_name or plan.script_path or ""
    return [word.replace("{script}", name) for word in plan.command_for(".")]


def _remote_root(services: Services, checked: Checked) -> str | None:
    if checked.config is None or checked.platform is None:
        return None
    return places_of(services.settings, checked.platform, checked.config)[1]


def _code(checked: Checked) -> CodeRead | None:
    code = checked.code
    if code is None:
        return None
    return CodeRead(
        folder=str(code.folder),
        num_files=len(code.files),
        size_bytes=code.size_bytes,
        digest=digest_of(code),
    )


def _resources(plan: LaunchPlan) -> ResourcesRead:
    more = {"resume_on": list(plan.resume_on), "resume_limit": plan.resume_limit}
    return ResourcesRead.model_validate({**asdict(plan.resources), **more})


async def _forecast(services: Services, prepared: Prepared) -> ForecastRead | None:
    platform, plan = prepared.checked.platform, prepared.checked.plan
    if platform is None or plan is None:
        return None
    job = _job(services, prepared, plan)
    try:
        async with asyncio.timeout(FORECAST_SECONDS):
            told = await platform.forecast(job)
    except TimeoutError:
        told = Forecast(words=f"The queue did not answer within {FORECAST_SECONDS:.0f} s.")
    except PlatformError as error:
        told = Forecast(words=f"The queue could not be asked: {error.message}")
    if told is None:
        return None
    problems = [ForecastProblem(message=one.message, remedy=one.remedy) for one in told.problems]
    return ForecastRead(starts_at=told.starts_at, words=told.words, problems=problems)


def _job(services: Services, prepared: Prepared, plan: LaunchPlan) -> JobSpec:
    """The first task's job, as far as a queue has to know it."""
    checked = prepared.checked
    if checked.platform is None or checked.config is None:
        raise RuntimeError("a submission with problems has no job")
    here, there = places_of(services.settings, checked.platform, checked.config)
    folder = f"{there or here}/{new_uuid()}"
    return JobSpec(
        key=new_key(),
        attempt=1,
        folder=folder,
        command=plan.command_for(folder),
        setup=plan.setup,
        resources=plan.resources,
        grace_seconds=checked.platform.grace_seconds,
    )
