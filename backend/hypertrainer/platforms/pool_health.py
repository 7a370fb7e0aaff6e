"""One health made of those of several machines."""

from collections.abc import Mapping
from dataclasses import replace

from hypertrainer.platforms.base import ConditionKind, Health, Problem


def merged_health(checks: Mapping[str, Health]) -> Health:
    """What checks of a pool's machines say together; facts and problems name their machine."""
    facts = {
        f"{name}: {fact}": value
        for name, health in checks.items()
        for fact, value in health.facts.items()
    }
    problems = tuple(
        Problem(f"{name}: {problem.message}", problem.remedy)
        for name, health in checks.items()
        for problem in health.problems
    )
    keys = (health.host_key for health in checks.values() if health.host_key is not None)
    gpus = tuple(
        replace(gpu, machine=name) for name, health in checks.items() for gpu in health.gpus
    )
    condition = _condition({health.condition for health in checks.values()})
    return Health(condition, facts, problems, next(keys, None), gpus)


def _condition(conditions: set[ConditionKind]) -> ConditionKind:
    """A pool of which something answers is degraded at worst."""
    if len(conditions) == 1:
        return next(iter(conditions))
    if conditions <= {ConditionKind.UNREACHABLE, ConditionKind.AUTH_NEEDED}:
        return ConditionKind.AUTH_NEEDED
    return ConditionKind.DEGRADED
