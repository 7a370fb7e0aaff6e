"""The engine by hand: its passes one after another, over a platform in memory, with real files.

Tests write what a trial's script would write, and end it; everything else is the product's own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from hypertrainer.hpsearch.adviser import Adviser
from hypertrainer.monitor.advance_searches import AdvanceSearches
from hypertrainer.monitor.collect_output import CollectOutput
from hypertrainer.monitor.fill_searches import FillSearches
from hypertrainer.monitor.output_watch import OutputWatch
from tests.api import MNIST, Api

SETTLED_ROUNDS = 3
ResultT = TypeVar("ResultT")
Params = ParamSpec("Params")

PARAMS = """
  params:
    training.learning_rate: {low: 1.0e-5, high: 1.0e-1, log: true}
"""
LOSS = """
  objective: {metric: loss, direction: minimize}
"""


class NearAdviser(Adviser):
    """Asks the samplers in this very process: a test waits for none to start."""

    async def run(
        self,
        function: Callable[Params, ResultT],
        *args: Params.args,
        **kwargs: Params.kwargs,
    ) -> ResultT:
        return function(*args, **kwargs)


@dataclass
class Engine:
    """One search on a server whose loops are turned by hand."""

    api: Api
    search_id: int = 0
    _advance: AdvanceSearches = field(init=False)
    _fill: FillSearches = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget all that is only in memory, as a killed server does."""
        self._advance = AdvanceSearches(self.api.services)
        self._fill = FillSearches(self.api.services, NearAdviser())

    async def submit(self, section: str, **body: Any) -> Any:
        """Start a search with this `hpsearch:`; its tasks are started by the passes."""
        made = await self.api.search(
            config=None, config_text=f"{MNIST}hpsearch:\n{section}", **body
        )
        self.search_id = made["search"]["id"]
        await self.turn()
        return made

    async def turn(self) -> None:
        """Every pass, until nothing has changed for as many rounds as a stop takes."""
        before, num_same = None, 0
        while num_same < SETTLED_ROUNDS:
            now = await self.trials(), (await self.read())["status"]
            num_same, before = (num_same + 1 if now == before else 0), now
            await self.look()
            await self._fill.run_once()

    async def look(self) -> None:
        """Every pass but the one that starts trials, once."""
        await self.api.round()
        collect = CollectOutput(self.api.services, OutputWatch(self.api.services.wakers.collect))
        await collect.run_once()
        while await self._advance.run_once() == 0:
            pass

    async def read(self) -> Any:
        return await self.api.get(f"/hpsearch/{self.search_id}")

    async def trials(self) -> list[Any]:
        items: list[Any] = (await self.api.get(f"/hpsearch/{self.search_id}/trials"))["items"]
        return items

    async def trial(self, number: int) -> Any:
        return (await self.trials())[number]

    async def states(self) -> list[str]:
        return [trial["state"] for trial in await self.trials()]

    async def write(
        self, number: int, *values: float, metric: str = "loss", repeat: int = 0
    ) -> None:
        """What the script of a trial's task writes next, an epoch a line."""
        path = Path(await self._folder(number, repeat)) / f"metric_{metric}.log"
        done = len(path.read_text().splitlines()) if path.exists() else 0
        with path.open("a") as file:
            file.writelines(f"{done + at}\t{value}\n" for at, value in enumerate(values))

    async def end(self, number: int, code: int = 0, repeat: int = 0) -> None:
        """Let the newest attempt at a trial's task end."""
        task_id = await self._task(number, repeat)
        attempts = (await self.api.get(f"/tasks/{task_id}/attempts"))["items"]
        self.api.fake.finish(attempts[-1]["key"], code, attempt=attempts[-1]["number"])

    async def finish(self, number: int, *values: float, code: int = 0, repeat: int = 0) -> None:
        """Let a trial's task write these epochs and end, and see what becomes of it."""
        await self.write(number, *values, repeat=repeat)
        await self.end(number, code, repeat)
        await self.turn()

    async def replay(self) -> Any:
        answer = await self.api.post(f"/hpsearch/{self.search_id}/replay")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def _task(self, number: int, repeat: int) -> int:
        task_id: int = (await self.trial(number))["tasks"][repeat]["task_id"]
        return task_id

    async def _folder(self, number: int, repeat: int) -> str:
        folder: str = (await self.api.read(await self._task(number, repeat)))["output_path"]
        return folder
