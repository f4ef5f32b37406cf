"""How one zone's clocks run over a stretch of time: spans of one constant offset each.

Weekly hours are wall-clock times. Within a span of one offset, wall clock and UTC differ by a
constant, so hours that do not exist (clocks go forward) fall out by themselves, and hours that
come twice (clocks go back) come twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.booking.domain.intervals import Span, instant, minute_of

DAY = 24 * 60
_ORDINAL_OF_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span of minutes during which wall clock = UTC + `offset` minutes."""

    span: Span
    offset: int

    def dates(self) -> Iterator[date]:
        """The local dates this stretch touches, in order."""
        first = (self.span.start + self.offset) // DAY
        last = (self.span.end - 1 + self.offset) // DAY
        for day in range(first, last + 1):
            yield date.fromordinal(_ORDINAL_OF_EPOCH + day)

    def midnight(self, day: date) -> int:
        """The minute at which `day` begins here, were this offset to hold; may lie outside."""
        return (day.toordinal() - _ORDINAL_OF_EPOCH) * DAY - self.offset


def offset_at(zone: ZoneInfo, minute: int) -> int:
    """Minutes that the zone's wall clock is ahead of UTC at this minute."""
    offset = instant(minute).astimezone(zone).utcoffset() or timedelta(0)
    return offset // timedelta(minutes=1)


def stretches(zone: ZoneInfo, span: Span) -> list[Stretch]:
    """The span cut wherever the zone's offset changes.

    Assumes no zone changes its offset twice within 24 hours, which holds for every zone of the
    IANA database since 1970.
    """
    found: list[Stretch] = []
    start, offset = span.start, offset_at(zone, span.start)
    at = span.start
    while at < span.end:
        ahead = min(at + DAY, span.end)
        if offset_at(zone, ahead) != offset:
            change = _first_change(zone, at, ahead, offset=offset)
            if change < span.end:
                found.append(Stretch(Span(start, change), offset))
                start, offset = change, offset_at(zone, change)
        at = ahead
    if start < span.end:
        found.append(Stretch(Span(start, span.end), offset))
    return found


def _first_change(zone: ZoneInfo, low: int, high: int, *, offset: int) -> int:
    """The first minute in (low, high] with another offset than the one at `low`."""
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(zone, middle) == offset:
            low = middle
        else:
            high = middle
    return high


def local_date(at: datetime, zone: ZoneInfo) -> date:
    """The date on the wall of this zone at this aware instant."""
    return at.astimezone(zone).date()


def local_day(day: date, zone: ZoneInfo) -> Span:
    """Every minute that bears this date in the zone (23, 24 or 25 hours, or so)."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    around = Span(minute_of(noon) - 2 * DAY, minute_of(noon) + 2 * DAY)
    parts = [
        Span(max(s.span.start, s.midnight(day)), min(s.span.end, s.midnight(day) + DAY))
        for s in stretches(zone, around)
    ]
    parts = [part for part in parts if part.start < part.end]
    return Span(parts[0].start, parts[-1].end)
