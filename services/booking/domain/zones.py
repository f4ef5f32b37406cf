"""How one zone's clocks run over a stretch of time: spans of one constant offset each.

Weekly hours are wall-clock times. Within a span of one offset, wall clock and UTC differ by a
constant, so hours that do not exist (clocks go forward) fall out by themselves, and hours that
come twice (clocks go back) come twice.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.booking.domain.intervals import Span, instant

DAY = 24 * 60
_BLOCK = 64 * DAY
_ORDINAL_OF_EPOCH = date(1970, 1, 1).toordinal()
_THURSDAY = 3


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span of minutes during which wall clock = UTC + `offset` minutes."""

    span: Span
    offset: int

    def days(self) -> range:
        """The local days this stretch touches, in order, counted from 1970-01-01."""
        first = (self.span.start + self.offset) // DAY
        last = (self.span.end - 1 + self.offset) // DAY
        return range(first, last + 1)

    def midnight(self, day: int) -> int:
        """The minute at which this day begins here, were the offset to hold; may lie outside."""
        return day * DAY - self.offset


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _ORDINAL_OF_EPOCH


def weekday_of(day: int) -> int:
    """The weekday of a day counted from 1970-01-01; Monday is 0."""
    return (day + _THURSDAY) % 7


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
    for block in range(span.start // _BLOCK, -(-span.end // _BLOCK)):
        for part in _stretches_of_block(zone, block):
            start, end = max(part.span.start, span.start), min(part.span.end, span.end)
            if start >= end:
                continue
            if found and found[-1].offset == part.offset:
                start = found.pop().span.start
            found.append(Stretch(Span(start, end), part.offset))
    return found


@lru_cache(maxsize=4096)
def _stretches_of_block(zone: ZoneInfo, block: int) -> tuple[Stretch, ...]:
    """The stretches of one of the equal blocks that time is cut into, to be found only once."""
    start, last = block * _BLOCK, (block + 1) * _BLOCK
    found: list[Stretch] = []
    offset = offset_at(zone, start)
    for ahead in range(start + DAY, last + 1, DAY):
        if offset_at(zone, ahead) != offset:
            change = _first_change(zone, ahead - DAY, ahead, offset=offset)
            found.append(Stretch(Span(start, change), offset))
            start, offset = change, offset_at(zone, change)
    if start < last:
        found.append(Stretch(Span(start, last), offset))
    return tuple(found)


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


def instants_at(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """When the zone's clocks show this wall-clock time: once, twice, or (skipped) never."""
    both = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(at for at in both if at.astimezone(zone).replace(tzinfo=None) == wall)


def local_day(day: date, zone: ZoneInfo) -> Span:
    """Every minute that bears this date in the zone (23, 24 or 25 hours, or so)."""
    number = day_number(day)
    around = Span((number - 2) * DAY, (number + 3) * DAY)
    parts = [part for cut in stretches(zone, around) if (part := _part(cut, number))]
    if not parts:
        raise ValueError(f"{zone.key} leaves out {day}")
    return Span(parts[0].start, parts[-1].end)


def _part(cut: Stretch, day: int) -> Span | None:
    """What of this day falls within the stretch."""
    midnight = cut.midnight(day)
    part = Span(max(cut.span.start, midnight), min(cut.span.end, midnight + DAY))
    return part if part.start < part.end else None
