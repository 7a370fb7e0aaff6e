"""How far another machine's clock is from ours, by four times of one question: pure."""

from dataclasses import dataclass

from hypertrainer.platforms.probe import Answer

MAX_OFFSET_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """How many seconds it is ahead, and how far from the truth that may be."""

    seconds: float
    doubt: float

    @property
    def is_wrong(self) -> bool:
        """Whether it is certainly off by more than may be."""
        return abs(self.seconds) - self.doubt > MAX_OFFSET_SECONDS

    def __str__(self) -> str:
        word = "ahead" if self.seconds > 0 else "behind"
        if self.is_wrong:
            return f"{abs(self.seconds):.1f} s {word}"
        return f"right to within {max(abs(self.seconds), self.doubt):.1f} s"


def clock_offset(asked_at: float, answer: Answer, answered_at: float) -> ClockOffset | None:
    """The offset as NTP computes it (RFC 5905, section 8): half the round trip is subtracted."""
    if answer.at is None or answer.until is None:
        return None
    there, back = answer.at - asked_at, answer.until - answered_at
    return ClockOffset((there + back) / 2, abs(there - back) / 2)
