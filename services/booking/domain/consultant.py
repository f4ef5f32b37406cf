"""A consultant as the slot rules see one: zone, weekly hours, buffers and limits."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from services.booking.domain.ids import ConsultantId

LENGTH = timedelta(minutes=20)
"""A consult is always 20 elapsed minutes."""

GRID = 20
"""Consults start on a grid of 20 minutes that counts from midnight on the consultant's wall."""

MAX_BUFFER = 60
"""Minutes; the longest pause that may be kept before or after a consult."""

DEFAULT_NOTICE = timedelta(hours=12)
DEFAULT_HORIZON = timedelta(days=60)


MINUTES_OF_DAY = 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """Open from `opens` to `closes`, in minutes after midnight.

    Wall-clock time in the consultant's zone; `closes` may be 1440, the midnight that ends the day.
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= MINUTES_OF_DAY:
            raise ValueError(f"not hours of a day: {self}")


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """An opening on one weekday; Monday is 0."""

    weekday: int
    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6 or not 0 <= self.opens < self.closes <= MINUTES_OF_DAY:
            raise ValueError(f"not hours of a day: {self}")


@dataclass(frozen=True, slots=True)
class Consultant:
    """Someone who holds consults. Buffers are minutes, multiples of 5; no cap is None."""

    id: ConsultantId
    name: str
    zone: ZoneInfo
    hours: tuple[Hours, ...]
    buffer_before: int = 0
    buffer_after: int = 0
    daily_cap: int | None = None
    notice: timedelta = DEFAULT_NOTICE
    horizon: timedelta = DEFAULT_HORIZON

    def __post_init__(self) -> None:
        if self.daily_cap is not None and self.daily_cap < 1:
            raise ValueError("a daily cap is at least 1")
        for buffer in (self.buffer_before, self.buffer_after):
            if not 0 <= buffer <= MAX_BUFFER or buffer % 5:
                raise ValueError("a buffer is a multiple of 5 minutes, at most 60")


def weekdays(
    opens: str, closes: str, *, days: tuple[int, ...] = (0, 1, 2, 3, 4)
) -> tuple[Hours, ...]:
    """The same hours ("09:00", "17:00") on each of these weekdays; Monday to Friday if unsaid."""
    return tuple(Hours(day, _minutes(opens), _minutes(closes)) for day in days)


def _minutes(wall: str) -> int:
    hour, minute = wall.split(":")
    return int(hour) * 60 + int(minute)
