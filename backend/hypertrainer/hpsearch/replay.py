"""A search computed again from its facts: would the same be suggested and decided today?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import islice
from typing import Any

from hypertrainer.errors import HyperTrainerError, NoPointLeft
from hypertrainer.hpsearch.early_stopping.base import Verdict
from hypertrainer.hpsearch.early_stopping.judge import judge
from hypertrainer.hpsearch.facts import Fact, FactKind
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.samplers.base import Suggestion
from hypertrainer.hpsearch.samplers.memory import Memory
from hypertrainer.hpsearch.samplers.suggest import suggest, suggest_many
from hypertrainer.hpsearch.spec import Spec

Suggest = Callable[[History, int], Suggestion]

COMPARED = ("values", "inactive", "origin", "algorithm", "seed", "attrs")  # of suggestions
MOST_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True)
class Difference:
    """Where what is recorded is not what is computed; `seq` is the fact's."""

    seq: int
    number: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of it. `num_decisions` counts every report at which a trial might be stopped."""

    num_suggestions: int
    num_decisions: int
    differences: Sequence[Difference]

    @property
    def is_equal(self) -> bool:
        return not self.differences


def replay(seed: int, facts: Sequence[Fact], choose: Suggest | None = None) -> Replay:
    """Compute every suggestion and every decision again, and compare. Takes as long as they took.

    Args:
        seed: the search's.
        facts: all of them, in their order.
        choose: what suggests a point; by default the product's own.

    Raises:
        ValueError: the facts do not follow on each other.
    """
    run = _Run(_Suggester(seed, facts, choose), History(Spec(), seed))
    for fact in facts:
        run.take(fact)
    run.end()
    return Replay(run.num_suggestions, run.num_decisions, tuple(run.differences))


class _Suggester:
    """What would be suggested after a prefix of the facts. Quick while that only grows."""

    def __init__(self, seed: int, facts: Sequence[Fact], choose: Suggest | None) -> None:
        self._seed, self._facts, self._choose = seed, facts, choose
        self._restart()

    def _restart(self) -> None:
        self._history, self._memory = History(Spec(), self._seed), Memory()
        self._ahead: Iterator[Suggestion] | None = None  # of numbers from `_next` on
        self._next = 0

    def at(self, seen: int, number: int) -> Suggestion:
        """The point of a trial, for one who has seen so many facts.

        Raises:
            HyperTrainerError: there is none.
        """
        if seen < self._history.seq:
            self._restart()
        if seen > self._history.seq:
            self._history.extend(self._facts[self._history.seq : seen])
            self._ahead = None
        if self._choose is not None:
            return self._choose(self._history, number)
        if number <= self._history.next_number:
            return suggest(self._history, number, self._memory)
        return self._further(number)

    def _further(self, number: int) -> Suggestion:
        """One of several that were asked for at once: each knows the points of those before."""
        if self._ahead is None or self._next > number:
            self._next = self._history.next_number
            self._ahead = suggest_many(self._history, MOST_AT_ONCE)
        found = next(islice(self._ahead, number - self._next, None), None)
        self._next = number + 1
        if found is None:
            raise NoPointLeft("Every point is taken by an earlier trial.")
        return found


@dataclass
class _Run:
    """The comparison, fact by fact. `history` is of those before the one that is compared."""

    suggester: _Suggester
    history: History
    due: dict[int, tuple[int, Verdict]] = field(default_factory=dict)  # stops that should follow
    num_suggestions: int = 0
    num_decisions: int = 0
    differences: list[Difference] = field(default_factory=list)

    def take(self, fact: Fact) -> None:
        """Compare one fact with what is computed, and take it in."""
        if fact.number in self.due and fact.kind is not FactKind.STOPPED:
            self._note_missing(fact.number)
        if fact.kind is FactKind.ASKED:
            self._compare_suggestion(fact)
        elif fact.kind is FactKind.STOPPED:
            self._compare_stop(fact)
        self.history.add(fact)
        if fact.kind is FactKind.REPORTED and fact.number is not None and fact.epoch is not None:
            self.num_decisions += 1
            verdict = judge(self.history, fact.number, fact.epoch)
            if verdict is not None:
                self.due[fact.number] = (fact.seq, verdict)

    def end(self) -> None:
        """Stops that never followed."""
        for number in list(self.due):
            self._note_missing(number)

    def _note_missing(self, number: int) -> None:
        seq, verdict = self.due.pop(number)
        words = f"trial {number} was not stopped. It would be: {verdict.words}"
        self.differences.append(Difference(seq, number, words))

    def _compare_suggestion(self, fact: Fact) -> None:
        if fact.number is None:
            raise ValueError(f"fact {fact.seq} names no trial")
        self.num_suggestions += 1
        seen = int(fact.data.get("seen", fact.seq - 1))
        try:
            computed = _recorded_form(self.suggester.at(seen, fact.number))
        except HyperTrainerError as error:
            words = f"trial {fact.number} would not be started: {error}"
            self.differences.append(Difference(fact.seq, fact.number, words))
            return
        for words in _suggestion_differences(fact.number, fact.data, computed):
            self.differences.append(Difference(fact.seq, fact.number, words))

    def _compare_stop(self, fact: Fact) -> None:
        number = fact.number
        due = None if number is None else self.due.pop(number, None)
        recorded = str(fact.data.get("words", ""))
        if due is None:
            words = f"trial {number} was stopped ({recorded}). Now it would go on"
            self.differences.append(Difference(fact.seq, number, words))
            return
        verdict = due[1]
        if any(fact.data.get(one.name) != getattr(verdict, one.name) for one in fields(verdict)):
            words = f"trial {number} was stopped for another reason. Recorded: {recorded}. "
            words += f"Computed: {verdict.words}"
            self.differences.append(Difference(fact.seq, number, words))


def _recorded_form(suggestion: Suggestion) -> Mapping[str, Any]:
    """A suggestion as its fact keeps it."""
    return {name: _plain(getattr(suggestion, name)) for name in COMPARED}


def _plain(value: Any) -> Any:
    """As JSON gives it back."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _suggestion_differences(
    number: int, recorded: Mapping[str, Any], computed: Mapping[str, Any]
) -> Iterator[str]:
    old, new = _plain(recorded.get("values", {})), computed["values"]
    for path in dict.fromkeys((*old, *new)):
        if path not in old or path not in new or old[path] != new[path]:
            was, now = _shown(old, path), _shown(new, path)
            yield f"trial {number}: {path} is recorded as {was} and computed as {now}"
    for name in COMPARED[1:]:
        was, now = _plain(recorded.get(name)), computed[name]
        if name in recorded and was != now:
            yield f"trial {number}: its {name} is recorded as {was} and computed as {now}"


def _shown(values: Mapping[str, Any], path: str) -> str:
    return repr(values[path]) if path in values else "nothing"
