"""Background work and tasks as a test wants them."""

from dataclasses import dataclass, field

from hypertrainer.dependencies import Services
from hypertrainer.monitor.platform_pass import PlatformState
from hypertrainer.monitor.supervisor import LoopHealth
from hypertrainer.tasks.statuses import AttemptState
from hypertrainer.tasks.tables import Attempt, Task


@dataclass(slots=True)
class Background:
    """Background work whose states a test decides."""

    loops: dict[str, LoopHealth] = field(default_factory=dict)
    places: dict[str, PlatformState] = field(default_factory=dict)

    def health(self) -> dict[str, LoopHealth]:
        return self.loops

    def platform_states(self) -> dict[str, PlatformState]:
        return self.places


async def add_task(
    services: Services, number: int, state: AttemptState, platform: str = "local"
) -> None:
    """A task with one attempt that has come so far."""
    async with services.database.transaction() as session:
        task = Task(
            uuid=f"u{number}", name="t", script="s.py", platform=platform, output_path="/nowhere"
        )
        session.add(task)
        await session.flush()
        session.add(Attempt(task_id=task.id or 0, number=1, key=f"k{number}", state=state))
