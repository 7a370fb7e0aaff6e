"""Edits of a search while it runs, and after: checked as a whole, and kept as a fact."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.dependencies import Services
from hypertrainer.errors import Conflict, FieldProblem, InvalidInput
from hypertrainer.hpsearch.fact_rows import add_facts
from hypertrainer.hpsearch.places import PlacePlan, read_places
from hypertrainer.hpsearch.placing import CheckedPlace, check_places, check_request, plan_places
from hypertrainer.hpsearch.points import revised
from hypertrainer.hpsearch.reading import read_search
from hypertrainer.hpsearch.schemas import SearchDetail, SearchEdit
from hypertrainer.hpsearch.service import get_search
from hypertrainer.hpsearch.spec import Budget, EarlyStopping, Place, Spec
from hypertrainer.hpsearch.spec_reader.reader import read_spec
from hypertrainer.hpsearch.statuses import SearchStatus
from hypertrainer.hpsearch.steering import mark_folders, run_again
from hypertrainer.hpsearch.tables import Search
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.schemas import TaskSubmit

WORDS = ("name", "project", "notes")
LIMITS = {"max_concurrent", "cost_per_hour", "max_cost"}


@dataclass(slots=True)
class Revision:
    """What a search is to become."""

    text: str
    spec: Spec
    places: list[PlacePlan] = field(default_factory=list)


async def edit_search(
    services: Services, search_id: int, edit: SearchEdit, *, is_dry_run: bool = False
) -> SearchDetail:
    """Change a search; what it knows stays, as far as it still fits.

    A finished one that may have more trials than before, or other limits, runs again.

    Raises:
        NotFound: there is no such search.
        InvalidInput: with every problem, and where it is in the YAML.
        Conflict: somebody else edited it at the same time.
    """
    async with services.database.reading() as session:
        search = await get_search(session, search_id)
    revision = await asyncio.to_thread(_revision, services, search, edit)
    words = edit.model_dump(include=set(WORDS), exclude_none=True)
    if is_dry_run:
        async with services.database.reading() as session:
            return _as_if(await read_search(session, search_id), words, revision)
    async with services.database.transaction() as session:
        current = await get_search(session, search_id)
        current.sqlmodel_update(words | {"changes": current.changes + 1})
        session.add(current)
        if revision is not None:
            _demand_same(current, search)
            await _revise(session, current, revision, runs_again=_has_more(current, revision))
        else:
            await mark_folders(session, current)
        await session.flush()
        return await read_search(session, search_id)


async def extend_search(services: Services, search_id: int, n_trials: int) -> SearchDetail:
    """Let a search have so many more trials; one that is over runs again.

    Raises:
        NotFound: there is no such search.
        Conflict: only its budget limits it, or it was edited at the same time.
        InvalidInput: it cannot have so many.
    """
    async with services.database.reading() as session:
        search = await get_search(session, search_id)
    if not search.n_trials:
        raise Conflict(
            f"Search {search_id} has no number of trials to extend: only its budget limits it. "
            "Edit `hpsearch.budget`."
        )
    edit = SearchEdit(n_trials=search.n_trials + n_trials)
    revision = await asyncio.to_thread(_revision, services, search, edit)
    async with services.database.transaction() as session:
        current = await get_search(session, search_id)
        _demand_same(current, search)
        if revision is not None:
            await _revise(session, current, revision, runs_again=True)
        await session.flush()
        return await read_search(session, search_id)


def _has_more(search: Search, revision: Revision) -> bool:
    """Whether a finished search may have trials that it could not before.

    Where another limit had ended it, it is looked at again: if that still holds it ends at once.
    """
    wanted, old = revision.spec.n_trials, Spec.model_validate(search.spec)
    if search.status not in (SearchStatus.FINISHED, SearchStatus.FAILED):
        return False
    if wanted is not None and wanted > search.n_trials:
        return True
    is_any_left = wanted is None or wanted > search.num_trials
    is_changed = _limits(old) != _limits(revision.spec)
    return is_any_left and (is_changed or _has_new_space(old, revision.spec))


def _limits(spec: Spec) -> tuple[object, ...]:
    """What ends a search before it has had all its trials."""
    costs = tuple(place.max_cost for place in spec.platforms)
    return spec.budget, spec.failures.max, costs, tuple(one.target for one in spec.objectives)


def _has_new_space(old: Spec, new: Spec) -> bool:
    """Whether there are other points to try, where no limit but these can have ended it."""
    costs = [place.max_cost for place in new.platforms]
    targets = [objective.target for objective in new.objectives]
    is_limited = new.budget != Budget() or any(one is not None for one in (*costs, *targets))
    return not is_limited and (old.params, old.constraints) != (new.params, new.constraints)


async def _revise(
    session: AsyncSession, search: Search, revision: Revision, *, runs_again: bool
) -> None:
    spec = revision.spec
    add_facts(session, search, [revised(spec)])
    search.spec = spec.model_dump(mode="json")
    search.places = [place.model_dump(mode="json") for place in revision.places]
    search.config_text = revision.text
    search.algorithm, search.n_trials = spec.algorithm, spec.n_trials or 0
    search.seed = search.seed if spec.seed is None else spec.seed
    status = SearchStatus(search.status)
    if not status.is_over:  # whatever closed it may not hold any more
        search.is_closed, search.reason = False, ""
    if runs_again and status is not SearchStatus.PAUSED:
        await run_again(session, search)
    else:
        await mark_folders(session, search)


def _demand_same(current: Search, read: Search) -> None:
    if (current.config_text, current.spec) != (read.config_text, read.spec):
        raise Conflict(f"Search {current.id} was edited by somebody else. Look, and try again.")


def _revision(services: Services, search: Search, edit: SearchEdit) -> Revision | None:
    """What the search is to become; None where its YAML stays. Blocks.

    Raises:
        InvalidInput: with every problem.
    """
    if edit.config_text is None and edit.n_trials is None and edit.max_concurrent is None:
        return None
    old = Config.read(search.config_text)
    config = old if edit.config_text is None else Config.read(edit.config_text)
    problems = list(_foreign_changes(old, config))
    for key in ("n_trials", "max_concurrent"):
        if (value := getattr(edit, key)) is not None:
            config = config.copy()
            config.put(f"hpsearch.{key}", value)
    names = [platform.name for platform in services.registry.all()]
    try:
        spec, _ = read_spec(config, names, search.platform)
    except InvalidInput as error:
        raise InvalidInput(error.message, [*problems, *error.fields]) from error
    seed = search.seed if spec.seed is None else spec.seed
    spec = spec.model_copy(update={"seed": seed})
    problems += _forbidden_changes(config, search, spec)
    if problems:
        raise InvalidInput(problems[0].message, problems)
    return Revision(config.text(), spec, _places(services, search, config, spec))


def _foreign_changes(old: Config, new: Config) -> Iterator[FieldProblem]:
    before, after = old.value_of(), new.value_of()
    for name in dict.fromkeys((*before, *after)):
        if name != "hpsearch" and before.get(name) != after.get(name):
            message = (
                f"Only `hpsearch` can be changed while a search is kept; `{name}` differs from the "
                "search's own. Change it back, or submit a new search with `warm_start`."
            )
            yield new.problem(name, message, at_key=True)


def _forbidden_changes(config: Config, search: Search, spec: Spec) -> Iterator[FieldProblem]:
    """What would make nonsense of what is known already."""
    old = Spec.model_validate(search.spec)
    if spec.n_trials is not None and spec.n_trials < search.num_trials:
        message = (
            f"{search.num_trials} trials were started already; `n_trials` cannot be less than "
            "that. Stop the search if these are enough."
        )
        yield config.problem("hpsearch.n_trials", message)
    yield from _vain_changes(config, search.num_trials, old, spec)
    if not search.num_trials:
        return
    if _meanings(old) != _meanings(spec):
        path = "hpsearch.objectives" if len(spec.objectives) > 1 else "hpsearch.objective"
        message = (
            "The objectives cannot be changed once trials were started: what these came to would "
            "mean something else. Submit a new search with `warm_start`."
        )
        yield config.problem(path, message)
    if _watched(old.early_stopping) != _watched(spec.early_stopping):
        message = (
            "What early stopping looks at cannot be changed once trials were started; its rules "
            "can."
        )
        yield config.problem("hpsearch.early_stopping.metric", message)


def _vain_changes(config: Config, num_trials: int, old: Spec, new: Spec) -> Iterator[FieldProblem]:
    """What is looked at once, and was."""
    if new.warm_start != old.warm_start:
        message = (
            "The trials of another search are told to the sampler when a search is submitted, and "
            "not later. Submit a new search with this `warm_start`."
        )
        yield config.problem("hpsearch.warm_start", message)
    if min(len(new.try_first), num_trials) > min(len(old.try_first), num_trials):
        message = (
            f"{num_trials} trials were started already, and points are tried in their places: "
            "these would never be. Clone a task to try a point now."
        )
        yield config.problem("hpsearch.try_first", message)


def _meanings(spec: Spec) -> list[tuple[object, ...]]:
    return [(one.metric, one.direction, one.summary) for one in spec.objectives]


def _watched(stopping: EarlyStopping | None) -> object:
    return None if stopping is None else (stopping.metric, stopping.direction)


def _places(services: Services, search: Search, config: Config, spec: Spec) -> list[PlacePlan]:
    """Platforms that stay keep their plan: what is launched there is what was checked once."""
    known = {place.platform: place for place in read_places(search.places)}
    old = {place.platform: place.set for place in Spec.model_validate(search.spec).platforms}
    wanted = spec.platforms or (Place(platform=search.platform),)
    new = [
        one for one in wanted if one.platform not in known or one.set != old.get(one.platform, {})
    ]
    fresh = {plan.platform: plan for plan in _new_places(services, search, config, spec, new)}
    return [_updated(fresh.get(one.platform) or known[one.platform], one) for one in wanted]


def _updated(plan: PlacePlan, place: Place) -> PlacePlan:
    limits: dict[str, Any] = place.model_dump(
        include={"max_concurrent", "cost_per_hour", "max_cost"}
    )
    return plan.model_copy(update=limits)


def _new_places(
    services: Services, search: Search, config: Config, spec: Spec, new: list[Place]
) -> list[PlacePlan]:
    if not new:
        return []
    names = {place.platform for place in new}
    old = read_places(search.places)
    request = TaskSubmit.model_construct(
        script=search.script or None,
        config=None,
        config_text=config.text(),
        overrides={},
        platform=search.platform,
        project=search.project,
        name=search.stem,
        tags=list(search.tags),
        notes=search.notes,
    )
    checked = check_request(services, request, None)
    found: list[CheckedPlace] = check_places(services, checked, spec)
    checked.raise_problems()
    plans = plan_places(services, [one for one in found if one.place.platform in names])
    came_from = old[0].config if old else None
    return [plan.model_copy(update={"config": came_from}) for plan in plans]


def _as_if(read: SearchDetail, words: dict[str, Any], revision: Revision | None) -> SearchDetail:
    changes = dict(words)
    if revision is not None:
        spec = revision.spec
        changes |= {
            "spec": spec.model_dump(mode="json"),
            "config_text": revision.text,
            "n_trials": spec.n_trials or 0,
            "algorithm": spec.algorithm,
            "seed": read.seed if spec.seed is None else spec.seed,
            "platforms": [place.platform for place in revision.places],
        }
    return read.model_copy(update=changes)
