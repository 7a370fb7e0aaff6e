"""Searches made anew from their folders, or from those of their tasks where these are gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.hpsearch.fact_rows import add_facts, fact_of
from hypertrainer.hpsearch.facts import Fact, FactKind, Origin, TrialState
from hypertrainer.hpsearch.history import History, PastTrial, fold
from hypertrainer.hpsearch.points import revised
from hypertrainer.hpsearch.search_folder import (
    FactLine,
    SearchFolderRecord,
    TrialLine,
    read_facts,
    read_search_record,
    read_trials,
)
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.hpsearch.tables import Search, SearchFact, Trial, TrialTask, saved_search_id
from hypertrainer.monitor.trial_values import trial_values

NOT_PLANNED = (
    "It was made anew from its tasks' folders alone, and starts no further trials. Extend or edit "
    "it to let it go on."
)


@dataclass(frozen=True, slots=True)
class FoundSearch:
    """A search as its folder describes it."""

    record: SearchFolderRecord
    facts: list[FactLine]
    trials: Mapping[int, TrialLine]

    def history(self) -> History:
        """What the facts come to.

        Raises:
            ValueError: they make no sense.
        """
        rows = (SearchFact(search_id=0, **line.model_dump()) for line in self.facts)
        return fold(self.record.seed, map(fact_of, rows))


def find_search(folder: Path) -> FoundSearch | None:
    """The search of a folder; None where what it is cannot be read. Blocks."""
    record = read_search_record(folder)
    if record is None:
        return None
    return FoundSearch(record, read_facts(folder), read_trials(folder)[0])


async def add_found_search(session: AsyncSession, found: FoundSearch) -> None:
    """Add the rows of a search that the database does not have; its id is kept where it is free.

    Raises:
        ValueError: its facts make no sense.
    """
    history = found.history()
    search = Search(
        **found.record.model_dump(exclude={"id"}),
        id=await free_search_id(session, found.record.id),
        last_seq=len(found.facts),
        num_trials=len(history.trials),
    )
    session.add(search)
    await session.flush()
    search_id = saved_search_id(search)
    session.add_all(SearchFact(search_id=search_id, **line.model_dump()) for line in found.facts)
    asked = {line.number: line for line in found.facts if line.kind == FactKind.ASKED}
    session.add_all(
        Trial(search_id=search_id, **_trial_fields(trial, asked[number], found.trials.get(number)))
        for number, trial in history.trials.items()
    )
    await session.flush()


def _trial_fields(trial: PastTrial, asked: FactLine, line: TrialLine | None) -> dict[str, Any]:
    """What its row was, as far as it was written down, but for what facts say since."""
    own: dict[str, Any] = {
        "number": trial.number,
        "params": dict(trial.values),
        "origin": trial.origin,
        "platform": trial.platform,
        "bracket": trial.bracket,
        "created_at": asked.created_at,
    }
    written = line.model_dump(exclude={"tasks"}) if line else {}
    return own | written | trial_values(trial)


async def restore_task_values(session: AsyncSession, found: FoundSearch) -> None:
    """Give the tasks of a search's trials back what they came to."""
    query = (
        select(Trial.number, TrialTask)
        .join(Trial, col(Trial.id) == col(TrialTask.trial_id))
        .join(Search, col(Search.id) == col(Trial.search_id))
        .where(col(Search.uuid) == found.record.uuid)
    )
    for number, link in (await session.exec(query)).all():
        line = found.trials.get(number)
        for task in line.tasks if line else ():
            if task.repeat == link.repeat and link.values is None:
                link.retries, link.values = task.retries, task.values
                session.add(link)


async def free_search_id(session: AsyncSession, wanted: int | None) -> int:
    """The id that a search had, or the one after all others."""
    if wanted is not None and await session.get(Search, wanted) is None:
        return wanted
    return ((await session.exec(select(func.max(Search.id)))).one() or 0) + 1


async def tell_of_trials(session: AsyncSession) -> None:
    """Give facts to the trials that only their tasks' folders told of.

    So are all of a search that has no folder; of others those of the last moment before a crash.
    What became of them is told by the pass that does so for all searches.
    """
    untold = select(Trial.id).where(
        col(Trial.search_id) == col(Search.id), col(Trial.number) >= col(Search.num_trials)
    )
    query = select(Search).where(or_(col(Search.last_seq) == 0, untold.exists()))
    for search in (await session.exec(query)).all():
        await _tell_of_trials(session, search)


async def _tell_of_trials(session: AsyncSession, search: Search) -> None:
    is_unknown, start = search.last_seq == 0, search.num_trials
    trials = select(Trial).where(col(Trial.search_id) == search.id, col(Trial.number) >= start)
    rows = {trial.number: trial for trial in await session.exec(trials)}
    search.num_trials = max(rows, default=start - 1) + 1
    search.changes += search.num_trials - start
    gone = [
        _gone(search, number) for number in range(start, search.num_trials) if number not in rows
    ]
    session.add_all(gone)
    numbers = [*rows.values(), *gone]
    first = [revised(_spec_of(search))] if is_unknown else []
    seen = search.last_seq + len(first)
    asked = [_asked(trial, seen) for trial in sorted(numbers, key=lambda trial: trial.number)]
    add_facts(session, search, [*first, *asked, *(_told(trial) for trial in gone)])
    has_more = not search.n_trials or search.num_trials < search.n_trials
    if is_unknown and not search.places and has_more:
        search.is_closed, search.reason = True, NOT_PLANNED
    session.add(search)


def _spec_of(search: Search) -> Spec:
    try:
        spec = Spec.model_validate(search.spec)
    except ValueError:  # of a version that nobody knows: the trials are shown all the same
        spec = Spec(n_trials=search.n_trials or None)
    return spec.model_copy(update={"seed": search.seed})


def _gone(search: Search, number: int) -> Trial:
    return Trial(
        search_id=saved_search_id(search),
        number=number,
        platform=search.platform,
        state=TrialState.CANCELLED,
        reason="Its task's folder is gone.",
        created_at=search.created_at,
        ended_at=search.created_at,
    )


def _asked(trial: Trial, seen: int) -> Fact:
    data: dict[str, Any] = {
        "values": trial.params,
        "inactive": [],
        "origin": Origin.SAMPLER,
        "platform": trial.platform,
        "seen": seen,
    }
    return Fact(0, FactKind.ASKED, trial.number, data=data)


def _told(trial: Trial) -> Fact:
    data: dict[str, Any] = {"state": trial.state, "values": None, "reason": trial.reason}
    return Fact(0, FactKind.TOLD, trial.number, data=data)
