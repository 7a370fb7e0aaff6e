"""From a checked submission to a search: row, first facts, and trials that start at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version

from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.clock import utc_now
from hypertrainer.dependencies import Services
from hypertrainer.hpsearch.adviser import Adviser
from hypertrainer.hpsearch.drafts import trial_draft
from hypertrainer.hpsearch.expansion import Prepared
from hypertrainer.hpsearch.fact_rows import add_facts
from hypertrainer.hpsearch.facts import Fact
from hypertrainer.hpsearch.filling import Launch, launch_of
from hypertrainer.hpsearch.places import read_places
from hypertrainer.hpsearch.placing import plan_places
from hypertrainer.hpsearch.points import ask_first_points, revised, starts_at_once
from hypertrainer.hpsearch.samplers.base import Suggestion
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.hpsearch.tables import (
    Search,
    Trial,
    TrialTask,
    saved_search_id,
    saved_trial_id,
)
from hypertrainer.tasks.creation import TaskDraft, add_tasks, new_uuid, saved_id
from hypertrainer.tasks.tables import Task


@dataclass(slots=True)
class NewSearch:
    """A search that is to be created. There is a draft for each of its launches."""

    search: Search
    facts: list[Fact]
    launches: list[Launch] = field(default_factory=list)
    drafts: list[TaskDraft] = field(default_factory=list)


async def new_search(
    services: Services,
    adviser: Adviser,
    prepared: Prepared,
    warmed: Sequence[Fact],
    cloned_from: int | None,
) -> NewSearch:
    """The search that a submission without problems becomes; nothing but its code is written.

    Raises:
        StorageError: the code cannot be packed.
        NoPointLeft: not even one trial can be made.
        AdviserFailed: the samplers' process died, or took too long.
    """
    spec = prepared.spec
    if spec is None or spec.seed is None:
        raise RuntimeError("this submission is no search")
    search = _search_row(prepared, spec)
    search.places = await asyncio.to_thread(_plans, services, prepared)
    new = NewSearch(search, [revised(spec), *warmed])
    if starts_at_once(spec):
        points = await ask_first_points(adviser, spec, spec.seed, spec.n_trials or 0)
        await asyncio.to_thread(_start_all, new, spec, points)
    for draft in new.drafts:
        draft.cloned_from = cloned_from
    return new


def _plans(services: Services, prepared: Prepared) -> list[dict[str, object]]:
    return [plan.model_dump(mode="json") for plan in plan_places(services, prepared.places)]


def _search_row(prepared: Prepared, spec: Spec) -> Search:
    checked = prepared.checked
    request = checked.request
    return Search(
        uuid=new_uuid(),
        name=spec.search_name(prepared.stem),
        stem=prepared.stem,
        algorithm=spec.algorithm,
        n_trials=spec.n_trials or 0,
        seed=spec.seed or 0,
        script=checked.script or "",
        platform=request.platform,
        project=request.project,
        notes=request.notes,
        tags=sorted(set(request.tags)),
        spec=spec.model_dump(mode="json"),
        config_text=prepared.base.text(),
        optuna_version=version("optuna"),
        created_at=utc_now(),
    )


def _start_all(new: NewSearch, spec: Spec, points: Sequence[Suggestion]) -> None:
    """Plan every task of every trial. Blocks where they are many."""
    (place,) = read_places(new.search.places)
    seen = len(new.facts)
    for number, point in enumerate(points):
        first = launch_of(spec, number, place, point, seen, bracket=0)
        new.launches += [replace(first, repeat=repeat) for repeat in range(spec.repeats.n)]
    new.drafts = [
        trial_draft(new.search, spec, place, one.number, one.repeat, one.values, one.inactive)
        for one in new.launches
    ]


async def add_search(session: AsyncSession, new: NewSearch) -> list[Task]:
    """Add a search whose folders exist: its rows, its facts, and the rows of its tasks."""
    search, firsts = new.search, [one for one in new.launches if one.repeat == 0]
    session.add(search)
    await session.flush()
    asked = [one.asked for one in firsts if one.asked is not None]
    add_facts(session, search, [*new.facts, *asked])
    search.num_trials = search.changes = len(firsts)
    tasks = await add_tasks(session, new.drafts, search.id)
    trials = {one.number: _trial(search, one) for one in firsts}
    session.add_all(trials.values())
    await session.flush()
    session.add_all(
        TrialTask(
            task_id=saved_id(task),
            trial_id=saved_trial_id(trials[launch.number]),
            repeat=launch.repeat,
        )
        for launch, task in zip(new.launches, tasks, strict=True)
    )
    await session.flush()
    return tasks


def _trial(search: Search, launch: Launch) -> Trial:
    data = launch.asked.data if launch.asked else {}
    return Trial(
        search_id=saved_search_id(search),
        number=launch.number,
        params=dict(launch.values),
        origin=str(data["origin"]),
        platform=launch.place.platform,
        changed_seq=launch.number + 1,
    )
