"""Reading server-sent events, as the HTML standard defines them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StreamedEvent:
    """One event: its kind, its data as text, and the id that the stream goes on after."""

    kind: str
    data: str
    id: str


def read_events(lines: Iterable[str]) -> Iterator[StreamedEvent]:
    """The events in these lines; comments and events without data are left out."""
    kind, data, last_id = "", list[str](), ""
    for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                yield StreamedEvent(kind or "message", "\n".join(data), last_id)
            kind, data = "", []
        elif name == "event":
            kind = value
        elif name == "data":
            data.append(value)
        elif name == "id":
            last_id = value
