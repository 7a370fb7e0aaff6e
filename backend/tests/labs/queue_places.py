"""The contract's places that have a queue: the fake ones, and a real SGE."""

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from hypertrainer.platforms.schedulers.lsf import LsfScheduler
from hypertrainer.platforms.schedulers.pbs import PbsScheduler
from hypertrainer.platforms.schedulers.queue import QueueScheduler
from hypertrainer.platforms.schedulers.sge import SgeScheduler
from hypertrainer.platforms.schedulers.slurm import SlurmScheduler
from hypertrainer.platforms.shell import ShellPlatform, ShellSettings
from hypertrainer.platforms.transports.base import RUN_SECONDS, ExecResult
from hypertrainer.platforms.transports.local import LocalTransport
from tests.labs.fake_queue import FakeQueue
from tests.platforms.places import Place, QueuePlace

SCHEDULERS: dict[str, type[QueueScheduler]] = {
    "slurm": SlurmScheduler,
    "pbs": PbsScheduler,
    "torque": PbsScheduler,
    "sge": SgeScheduler,
    "lsf": LsfScheduler,
}


class PathTransport(LocalTransport):
    """This machine with other commands on PATH."""

    can_spawn = False

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    async def run(
        self, script: str, args: Sequence[str] = (), seconds: float = RUN_SECONDS
    ) -> ExecResult:
        return await super().run(f"export PATH={shlex.quote(self._path)}\n{script}", args, seconds)


class FakeQueuePlace(QueuePlace):
    """A fake queue that runs real processes."""

    def __init__(self, root: Path, flavour: str) -> None:
        super().__init__(root)
        self.queue = FakeQueue(root / "fakesched", flavour)
        settings = ShellSettings(default_output=str(root), settle_seconds=0.3)
        transport, scheduler = PathTransport(self.queue.path), SCHEDULERS[flavour]()
        self.platform = ShellPlatform(f"fake-{flavour}", flavour, transport, scheduler, settings)

    async def close(self) -> None:
        await self.platform.aclose()
        self.queue.close()


def _fake(flavour: str) -> Callable[[Path], Place]:
    return lambda root: FakeQueuePlace(root, flavour)


QUEUE_PLACES: dict[str, Callable[[Path], Place]] = {
    f"fake-{flavour}": _fake(flavour) for flavour in SCHEDULERS
}
