"""How soon a platform is asked again: soon after a change, then ever more seldom. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypertrainer.platforms.base import Platform

OUTPUT_SECONDS = 15.0  # at most, while tasks write
OUTPUT_FLOORS = 3  # or so many of the platform's shortest pauses, where that is less


@dataclass(slots=True)
class Pace:
    """The pauses between one platform's rounds. Its floor is the loop's business."""

    platform: Platform
    _pause: float = 0.0

    def pause(
        self,
        *,
        is_fresh: bool,
        is_flowing: bool,
        is_behind: bool,
        is_busy: bool,
        dues: Sequence[float | None],
    ) -> float:
        """In how many seconds the next round is wanted.

        Args:
            is_fresh: something changed, or is about to.
            is_flowing: tasks write.
            is_behind: there was more to do than a round does.
            is_busy: the platform has jobs, or output of theirs.
            dues: in how many seconds something has to be done, whatever the pace.
        """
        if is_behind:
            return 0.0
        soon, slow = self.platform.poll_soon_seconds, self.platform.poll_seconds
        self._pause = min(slow, soon if is_fresh else max(soon, self._pause * 2))
        if is_flowing:
            floors = OUTPUT_FLOORS * self.platform.poll_floor_seconds
            self._pause = min(self._pause, max(soon, min(OUTPUT_SECONDS, floors or OUTPUT_SECONDS)))
        pause = self._pause if is_busy else slow
        return min([pause, *(due for due in dues if due is not None)])
