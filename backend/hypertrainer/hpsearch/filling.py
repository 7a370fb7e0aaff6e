"""Starts trials: first the folder, then everything else in one transaction.

The task's uuid comes from the search's and the trial's number: a folder that a crash left behind is
taken over, and no trial is ever started twice.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.dependencies import Services
from hypertrainer.hpsearch.announce import announce_searches
from hypertrainer.hpsearch.drafts import trial_draft
from hypertrainer.hpsearch.fact_rows import add_facts
from hypertrainer.hpsearch.facts import Fact, FactKind, TrialState
from hypertrainer.hpsearch.places import PlacePlan
from hypertrainer.hpsearch.samplers.base import Suggestion
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.hpsearch.statuses import SearchStatus
from hypertrainer.hpsearch.tables import (
    Search,
    Trial,
    TrialTask,
    saved_search_id,
    saved_trial_id,
)
from hypertrainer.tasks.creation import TaskDraft, add_tasks, create_folders, saved_id


@dataclass(frozen=True, slots=True)
class Launch:
    """A task to be started: of a new trial, or (with `trial_id`) a further repeat of one."""

    number: int
    repeat: int
    place: PlacePlan
    values: Mapping[str, Any]
    inactive: Sequence[str] = ()
    asked: Fact | None = None
    trial_id: int | None = None


def launch_of(
    spec: Spec, number: int, place: PlacePlan, suggestion: Suggestion, seen: int, bracket: int
) -> Launch:
    """The first task of a new trial; `seen` is the newest fact that the sampler knew of."""
    data = {
        "values": dict(suggestion.values),
        "inactive": list(suggestion.inactive),
        "origin": suggestion.origin,
        "algorithm": suggestion.algorithm,
        "seed": suggestion.seed,
        "redraws": suggestion.redraws,
        "attrs": dict(suggestion.attrs),
        "seen": seen,
        "platform": place.platform,
        "bracket": bracket if spec.early_stopping else 0,
    }
    asked = Fact(0, FactKind.ASKED, number, data=data)
    return Launch(number, 0, place, suggestion.values, suggestion.inactive, asked)


async def start_tasks(
    services: Services, search: Search, spec: Spec, launches: Sequence[Launch]
) -> list[int]:
    """Start these tasks; none where the search changed since it was read. Their ids.

    Raises:
        StorageError: a folder cannot be written; nothing was started.
    """
    drafts = await asyncio.to_thread(_drafts, search, spec, launches)
    folders = await asyncio.to_thread(create_folders, drafts)
    started: list[int] = []
    try:
        async with services.database.transaction() as session:
            current = await session.get(Search, saved_search_id(search))
            if current is not None and is_unchanged(current, search):
                started = await _add_rows(session, current, launches, drafts)
    finally:
        if not started:
            await asyncio.shield(asyncio.to_thread(folders.take_back))
    return started


def is_unchanged(current: Search, read: Search) -> bool:
    """Whether a search still wants what was thought out when it was read."""
    is_going_on = current.status == SearchStatus.RUNNING and not current.is_closed
    is_same = current.spec == read.spec and current.places == read.places
    return is_going_on and is_same and current.num_trials == read.num_trials


def _drafts(search: Search, spec: Spec, launches: Sequence[Launch]) -> list[TaskDraft]:
    return [
        trial_draft(search, spec, one.place, one.number, one.repeat, dict(one.values), one.inactive)
        for one in launches
    ]


async def _add_rows(
    session: AsyncSession,
    search: Search,
    launches: Sequence[Launch],
    drafts: Sequence[TaskDraft],
) -> list[int]:
    if not await _go_on(session, [one.trial_id for one in launches if one.trial_id is not None]):
        return []
    add_facts(session, search, [one.asked for one in launches if one.asked is not None])
    tasks = await add_tasks(session, drafts, search.id)
    for launch, task in zip(launches, tasks, strict=True):
        trial_id = launch.trial_id or await _add_trial(session, search, launch)
        link = TrialTask(task_id=saved_id(task), trial_id=trial_id, repeat=launch.repeat)
        session.add(link)
    await session.flush()
    return [saved_id(task) for task in tasks]


async def _go_on(session: AsyncSession, trial_ids: Sequence[int]) -> bool:
    """Whether all these trials still run: of one that was told of no repeat is started."""
    query = select(Trial.id).where(
        col(Trial.id).in_(trial_ids), col(Trial.state) != TrialState.RUNNING
    )
    return not trial_ids or (await session.exec(query)).first() is None


async def _add_trial(session: AsyncSession, search: Search, launch: Launch) -> int:
    if launch.asked is None:
        raise RuntimeError(f"trial {launch.number} was not asked for")
    search.num_trials += 1
    search.changes += 1
    trial = Trial(
        search_id=saved_search_id(search),
        number=launch.number,
        params=dict(launch.values),
        inactive=list(launch.inactive),
        origin=str(launch.asked.data["origin"]),
        platform=launch.place.platform,
        bracket=int(launch.asked.data["bracket"]),
        changed_seq=search.changes,
    )
    session.add_all([search, trial])
    await session.flush()
    return saved_trial_id(trial)


async def close_search(services: Services, search_id: int, reason: str) -> None:
    """Start no further trial of a search; what it says then."""
    async with services.database.transaction() as session:
        search = await session.get(Search, search_id)
        if search is None or search.is_closed:
            return
        search.is_closed, search.reason = True, reason
        search.changes += 1
        session.add(search)
    announce_searches(services.broker, [search])


async def note_trouble(services: Services, search_id: int, reason: str) -> bool:
    """Say of a search that goes on what is in its way, or with "" that nothing is any more."""
    async with services.database.transaction() as session:
        query = select(Search).where(
            col(Search.id) == search_id,
            col(Search.status) == SearchStatus.RUNNING,
            col(Search.is_closed).is_(False),
            col(Search.reason) != reason,
        )
        search = (await session.exec(query)).first()
        if search is None:
            return False
        search.reason = reason
        search.changes += 1
        session.add(search)
    announce_searches(services.broker, [search])
    return True
