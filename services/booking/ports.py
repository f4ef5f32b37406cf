"""What booking asks of the world outside, whoever gives it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from services.booking.domain.intervals import Span


class CalendarUnreadable(Exception):
    """A calendar could not be read whole. The message is shown to staff and names no address."""

    slug = "calendar-unreadable"


@dataclass(frozen=True, slots=True)
class CalendarRequest:
    """Which calendar to read, and for what time.

    Whole days and times without a zone are of `zone`, the consultant's own.
    """

    url: str = field(repr=False)
    zone: ZoneInfo
    start: datetime
    end: datetime


class CalendarSource(Protocol):
    """Reads calendars from the network, within limits of time and size of its own."""

    def busy(self, wanted: CalendarRequest) -> Sequence[Span]:
        """When the calendar says busy from start to end: merged, cut off at both.

        Raises `CalendarUnreadable` for whatever the network or the calendar may do.
        """
        ...
