"""What the trainings of a search noted of themselves, and what it says of the search."""

import os
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Trace:
    """What one training noted: when it began, had imported everything, and ended each epoch."""

    began: float
    ready: float
    ends: list[float]
    losses: list[float]


@dataclass(frozen=True, slots=True)
class Measured:
    """One search: seconds of the start and of the search itself, and its trainings."""

    start: float
    search: float
    traces: list[Trace]
    load: float = field(default_factory=lambda: os.getloadavg()[0])  # of the machine at the end

    def cells(self, name: str, workers: int) -> list[str]:
        """A table's row."""
        ready = [one for one in self.traces if one.ends]
        epochs = sum(len(one.ends) for one in ready)
        trained = sum(one.ends[-1] - one.ready for one in ready)
        imported = sum(one.ready - one.began for one in self.traces)
        total = self.search * workers
        best = min(min(one.losses) for one in ready)
        shares = [trained / total, imported / total, 1 - (trained + imported) / total]
        return [
            *(name, f"{self.load:.0f}", f"{self.start:.1f}", f"{self.search:.1f}"),
            *(str(len(self.traces)), str(epochs)),
            *(f"{share:.0%}" for share in shares),
            f"{best:.4f}",
        ]


def read_traces(folder: Path) -> list[Trace]:
    """All of a folder; lines that are not whole do not count."""
    traces = []
    for path in sorted(folder.iterdir()):
        lines = path.read_text().split("\n")[:-1]
        if len(lines) >= 2:
            pairs = [tuple(map(float, line.split())) for line in lines[2:]]
            ends, losses = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
            traces.append(Trace(float(lines[0]), float(lines[1]), ends, losses))
    return traces
