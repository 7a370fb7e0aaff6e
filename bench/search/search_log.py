"""A search without a server: its facts, as the engine would record them, and its samplers."""

from collections.abc import Mapping
from typing import Any

from hypertrainer.hpsearch.early_stopping.rungs import bracket_of
from hypertrainer.hpsearch.facts import Fact, FactKind, TrialState
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.samplers.memory import Memory
from hypertrainer.hpsearch.samplers.suggest import suggest
from hypertrainer.hpsearch.spec import Spec


class SearchLog:
    """Grows by one fact at a time; `history` is always their fold."""

    def __init__(self, spec: Spec, seed: int) -> None:
        self.facts: list[Fact] = []
        self.history = History(spec, seed)
        self._memory = Memory()
        self.add(FactKind.REVISED, data={"spec": spec.model_dump(mode="json")})

    def add(
        self,
        kind: FactKind,
        number: int | None = None,
        *,
        epoch: int | None = None,
        value: float | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> Fact:
        """Record what became known."""
        fact = Fact(self.history.seq + 1, kind, number, epoch, value, data or {})
        self.facts.append(fact)
        self.history.add(fact)
        return fact

    def ask(self) -> tuple[int, Mapping[str, Any]]:
        """The next trial's number and values."""
        number = self.history.next_number
        point = suggest(self.history, number, self._memory)
        data = {
            "values": dict(point.values),
            "inactive": list(point.inactive),
            "origin": point.origin,
            "algorithm": point.algorithm,
            "seed": point.seed,
            "seen": self.history.seq,
            "bracket": bracket_of(self.history.spec.early_stopping, point.seed),
            "attrs": dict(point.attrs),
        }
        self.add(FactKind.ASKED, number, data=data)
        return number, point.values

    def tell(
        self, number: int, value: float | None, state: TrialState = TrialState.COMPLETE
    ) -> None:
        """A trial is over, with its objective where it has one."""
        values = None if value is None else [value]
        self.add(FactKind.TOLD, number, data={"state": state, "values": values, "constraints": {}})
