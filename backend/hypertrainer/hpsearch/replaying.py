"""Computes a search again from its facts, and tells where it would be another one today."""

from importlib.metadata import version

from hypertrainer.dependencies import Services
from hypertrainer.hpsearch.adviser import Adviser
from hypertrainer.hpsearch.fact_rows import load_facts
from hypertrainer.hpsearch.replay import replay
from hypertrainer.hpsearch.schemas import ReplayDifference, ReplayRead
from hypertrainer.hpsearch.service import get_search

MAX_DIFFERENCES = 1_000


async def replay_search(services: Services, adviser: Adviser, search_id: int) -> ReplayRead:
    """Every suggestion and decision computed again, as far as they are facts now.

    Raises:
        NotFound: there is no such search.
        AdviserFailed: the process that computes it died, or took too long.
    """
    async with services.database.reading() as session:
        search = await get_search(session, search_id)
        facts = await load_facts(session, search_id)
    found = await adviser.run(replay, search.seed, facts)
    differences = [
        ReplayDifference(seq=one.seq, number=one.number, words=one.words)
        for one in found.differences[:MAX_DIFFERENCES]
    ]
    return ReplayRead(
        is_equal=found.is_equal,
        num_suggestions=found.num_suggestions,
        num_decisions=found.num_decisions,
        differences=differences,
        optuna_version=version("optuna"),
        recorded_optuna_version=search.optuna_version,
    )
