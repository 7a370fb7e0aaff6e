"""One thing done to many tasks: in parts, so that others get their turn; one bad id fails alone."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from hypertrainer.errors import HyperTrainerError
from hypertrainer.tasks.schemas import ActionResult
from hypertrainer.tasks.service import no_task

PART = 500

# What came of each task by its id: words, or what was wrong. Tasks that do not exist are left out.
Outcomes = Mapping[int, str | HyperTrainerError]


async def in_bulk(
    ids: Sequence[int], step: Callable[[Sequence[int]], Awaitable[Outcomes]]
) -> list[ActionResult]:
    """Do a step to these tasks, 500 at a time; the results are in the order of the ids."""
    wanted = list(dict.fromkeys(ids))
    results: list[ActionResult] = []
    for start in range(0, len(wanted), PART):
        part = wanted[start : start + PART]
        outcomes = await step(part)
        results += [_result(task_id, outcomes.get(task_id, no_task(task_id))) for task_id in part]
    return results


def _result(task_id: int, outcome: str | HyperTrainerError) -> ActionResult:
    if isinstance(outcome, str):
        return ActionResult(id=task_id, ok=True, code="ok", message=outcome)
    return ActionResult(id=task_id, ok=False, code=outcome.code, message=outcome.message)
