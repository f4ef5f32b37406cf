"""Where the time comes from. Nothing else in Grip asks the machine what time it is."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The machine's present instant, in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is moved: for tests, simulation and past-dated samples."""

    def __init__(self, start: datetime) -> None:
        self._now = _utc(start)

    def now(self) -> datetime:
        """The instant the clock was last set to."""
        return self._now

    def set(self, at: datetime) -> None:
        """Stand at `at` (aware) from now on; going back is allowed."""
        self._now = _utc(at)

    def advance(self, delta: timedelta) -> None:
        """Go on by `delta`."""
        self._now += delta


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(UTC)
