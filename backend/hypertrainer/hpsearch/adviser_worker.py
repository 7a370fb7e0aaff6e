"""What runs in the adviser's process: histories kept warm, and samplers. It knows no database."""

import os
import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing import parent_process

from hypertrainer.hpsearch.facts import Fact
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.samplers.base import Suggestion
from hypertrainer.hpsearch.samplers.memory import Memory
from hypertrainer.hpsearch.samplers.suggest import suggest, suggest_many
from hypertrainer.hpsearch.spec import Spec

KEPT_SEARCHES = 20  # of those that were asked about last


@dataclass(slots=True)
class Warm:
    """A search's history as far as it was told of, and what was made of it."""

    history: History
    memory: Memory = field(default_factory=Memory)


@dataclass(frozen=True, slots=True)
class Behind:
    """The facts that came do not follow on those known: all of them are needed."""


_warm: dict[str, Warm] = {}


def prepare() -> None:
    """Set the process up: one thread for arithmetic, silence, and an end with its parent."""
    os.environ["OMP_NUM_THREADS"] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # that is for the server, which ends this process
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A server that is killed cannot end us; we would wait for its questions for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def advise(
    uuid: str, seed: int, after: int, facts: Sequence[Fact], count: int
) -> list[Suggestion] | Behind:
    """The next points of a search, given its facts from the one after `after` on.

    Raises:
        NoPointLeft: there is none.
        InvalidInput: the algorithm cannot search this space.
    """
    warm = _warm.pop(uuid, None)
    if after == 0 or warm is None:
        warm = Warm(History(Spec(), seed))
    if warm.history.seq != after:
        return Behind()
    warm.history.extend(facts)
    _warm[uuid] = warm
    while len(_warm) > KEPT_SEARCHES:
        del _warm[next(iter(_warm))]
    if count == 1:
        return [suggest(warm.history, warm.history.next_number, warm.memory)]
    return list(suggest_many(warm.history, count))
