"""Which starts a consultant offers, and why another is not offered.

`starts` is the one rule. It works on spans: hours, less what is held (with buffers), give the
spans in which a consult may start; the grid is then read off them. A booking is accepted exactly
when its instant is among them; `why_not` only puts the refusal into words.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from services.booking.domain.consultant import GRID, LENGTH, Consultant
from services.booking.domain.intervals import Span, instant, merge, minute_from, minute_of, subtract
from services.booking.domain.zones import Stretch, local_date, offset_at, stretches

_LENGTH = int(LENGTH.total_seconds()) // 60


class Reason(StrEnum):
    """Why an instant is not offered."""

    PAST = "past"
    TOO_SOON = "too-soon"
    BEYOND_HORIZON = "beyond-horizon"
    OFF_GRID = "off-grid"
    OUTSIDE_HOURS = "outside-hours"
    TAKEN = "taken"
    DAY_FULL = "day-full"


@dataclass(frozen=True, slots=True)
class Agenda:
    """A consultant and what is already held: spans with their buffers, and consults per date."""

    consultant: Consultant
    held: tuple[Span, ...] = ()
    booked_on: Mapping[date, int] = field(default_factory=dict)

    def is_full(self, day: date) -> bool:
        """Whether this local date has reached the consultant's daily cap."""
        cap = self.consultant.daily_cap
        return cap is not None and self.booked_on.get(day, 0) >= cap


def starts(agenda: Agenda, start: datetime, end: datetime, *, now: datetime) -> list[datetime]:
    """Every offered start from `start` up to, not including, `end`, ascending."""
    who = agenda.consultant
    first = max(minute_from(start), minute_from(now + who.notice))
    last = min(minute_from(end), minute_of(now + who.horizon) + 1)
    if first >= last:
        return []
    wanted = Span(first, last)
    cut = stretches(who.zone, Span(first, last + _LENGTH))
    startable = [
        Span(max(span.start, first), min(span.end - _LENGTH + 1, last))
        for span in _open(who, cut, margin=_LENGTH)
    ]
    free = subtract(merge(startable), _blocked(agenda, wanted))
    return [instant(minute) for minute in _on_grid(free, cut, agenda)]


def is_offered(agenda: Agenda, start: datetime, *, now: datetime) -> bool:
    """Whether a booking of exactly this instant would be accepted."""
    minute = minute_of(start)
    return instant(minute) == start and start in starts(agenda, start, instant(minute + 1), now=now)


def why_not(agenda: Agenda, start: datetime, *, now: datetime) -> Reason | None:
    """The first rule that keeps this instant from being offered; None when it is offered."""
    who = agenda.consultant
    if start < now:
        return Reason.PAST
    if start < now + who.notice:
        return Reason.TOO_SOON
    if start > now + who.horizon:
        return Reason.BEYOND_HORIZON
    if not _is_on_grid(who, start):
        return Reason.OFF_GRID
    return _why_not_free(agenda, start, now=now)


def _why_not_free(agenda: Agenda, start: datetime, *, now: datetime) -> Reason | None:
    if not is_offered(Agenda(agenda.consultant), start, now=now):
        return Reason.OUTSIDE_HOURS
    if agenda.is_full(local_date(start, agenda.consultant.zone)):
        return Reason.DAY_FULL
    return None if is_offered(agenda, start, now=now) else Reason.TAKEN


def nearest(offered: Iterable[datetime], wanted: datetime, *, count: int) -> list[datetime]:
    """The `count` distinct starts closest to `wanted` (the earlier of two as near), ascending."""
    by_distance = sorted(set(offered), key=lambda start: (abs(start - wanted), start))
    return sorted(by_distance[:count])


def _open(who: Consultant, cut: list[Stretch], *, margin: int) -> list[Span]:
    """The consultant's hours during these stretches, as instants; adjoining hours are one."""
    found: list[Span] = []
    for stretch in cut:
        for day in stretch.dates():
            midnight = stretch.midnight(day)
            for hours in who.hours:
                if hours.weekday == day.weekday():
                    start = max(midnight + hours.opens, stretch.span.start)
                    end = min(midnight + hours.closes, stretch.span.end)
                    found.append(Span(start, end))
    return [span for span in merge(found) if span.end - span.start >= margin]


def _blocked(agenda: Agenda, wanted: Span) -> list[Span]:
    """The starts at which a consult with its buffers would touch something held."""
    who = agenda.consultant
    reach = _LENGTH + who.buffer_after
    return merge(
        Span(held.start - reach + 1, held.end + who.buffer_before)
        for held in agenda.held
        if held.end + who.buffer_before > wanted.start and held.start - reach < wanted.end
    )


def _on_grid(free: list[Span], cut: list[Stretch], agenda: Agenda) -> Iterator[int]:
    """The grid's minutes in the free spans, leaving out days that are full."""
    capped = agenda.consultant.daily_cap is not None
    for stretch in cut:
        for span in free:
            low = max(span.start, stretch.span.start)
            high = min(span.end, stretch.span.end)
            first = low + (-(low + stretch.offset)) % GRID
            for minute in range(first, high, GRID):
                if capped and agenda.is_full(local_date(instant(minute), agenda.consultant.zone)):
                    continue
                yield minute


def _is_on_grid(who: Consultant, start: datetime) -> bool:
    minute = minute_of(start)
    return instant(minute) == start and (minute + offset_at(who.zone, minute)) % GRID == 0
