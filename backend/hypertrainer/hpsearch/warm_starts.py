"""`warm_start`: the trials of another search, told to a sampler before it is first asked."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.database import Database
from hypertrainer.hpsearch.expansion import Prepared
from hypertrainer.hpsearch.facts import Fact, FactKind, TrialState
from hypertrainer.hpsearch.spec import Parameter, Spec
from hypertrainer.hpsearch.tables import Search, Trial

WHERE = "hpsearch.warm_start.from"


async def find_warm_start(database: Database, prepared: Prepared) -> list[Fact]:
    """The facts of a submission's warm start; what is wrong with it is noted."""
    spec, config = prepared.spec, prepared.checked.config
    if spec is None or spec.warm_start is None or config is None:
        return []
    async with database.reading() as session:
        source = await _find_search(session, spec.warm_start.source)
        message = ""
        facts: list[Fact] = []
        if source is None:
            message = f"There is no search `{spec.warm_start.source}`. Give its name or its id."
        else:
            facts = await _facts(session, spec, source, spec.warm_start.max_trials)
        if source is not None and not facts:
            message = _why_none(spec, source)
    if message:
        prepared.checked.note([config.problem(WHERE, message)])
    return facts


async def _find_search(session: AsyncSession, named: str) -> Search | None:
    """The newest search of this name, else the one with this id."""
    query = select(Search).where(col(Search.name) == named).order_by(col(Search.id).desc())
    found = (await session.exec(query.limit(1))).first()
    number = named.removeprefix("#")
    if found is None and number.isascii() and number.isdecimal() and len(number) < 10:
        found = await session.get(Search, int(number))
    return found


async def _facts(session: AsyncSession, spec: Spec, source: Search, limit: int) -> list[Fact]:
    """Its newest complete and feasible trials, oldest first."""
    places = _places_of_objectives(spec, source)
    if places is None:
        return []
    query = select(Trial).where(
        col(Trial.search_id) == source.id, col(Trial.state) == TrialState.COMPLETE
    )
    rows = (await session.exec(query.order_by(col(Trial.number).desc()))).all()
    facts: list[Fact] = []
    for trial in rows:
        values = known_values(spec.params, trial.params)
        is_feasible = all(size <= 0 for size in trial.constraints.values())
        if values and is_feasible and trial.objectives and len(facts) < limit:
            objectives = [trial.objectives[place] for place in places]
            data = {
                "values": values,
                "objectives": objectives,
                "constraints": {},
                "source": f"{source.name} #{source.id}, trial {trial.number}",
            }
            facts.append(Fact(0, FactKind.WARMED, data=data))
    return facts[::-1]


def _places_of_objectives(spec: Spec, source: Search) -> list[int] | None:
    """Where the other search has this one's objectives; None where it lacks one."""
    there = [
        (one["metric"], one["direction"]) for one in source.spec.get("objectives") or [] if one
    ]
    wanted = [(one.metric, one.direction.value) for one in spec.objectives]
    if not wanted or any(one not in there for one in wanted):
        return None
    return [there.index(one) for one in wanted]


def known_values(params: Sequence[Parameter], values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that these parameters can have."""
    known: dict[str, Any] = {}
    for parameter in params:
        if all(path in values for path in parameter.paths):
            row = [values[path] for path in parameter.paths]
            if _fits(parameter, row):
                known |= dict(zip(parameter.paths, row, strict=True))
    return known


def _fits(parameter: Parameter, row: Sequence[Any]) -> bool:
    value = list(row) if parameter.is_zipped else row[0]
    if parameter.is_choice:
        options = [list(one) if parameter.is_zipped else one for one in parameter.values]
        return any(value == one and type(value) is type(one) for one in options)
    if parameter.type == "same":
        return True
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if parameter.type == "int" and value != int(value):
        return False
    low, high = parameter.low, parameter.high
    return (low is None or value >= low) and (high is None or value <= high)


def _why_none(spec: Spec, source: Search) -> str:
    if _places_of_objectives(spec, source) is None:
        names = ", ".join(f"{one.direction.value} {one.metric}" for one in spec.objectives)
        return f"Search `{source.name}` has other objectives; this one is to {names or 'nothing'}."
    return (
        f"Search `{source.name}` has no complete trial whose values this one can have. "
        "Remove `warm_start`."
    )
