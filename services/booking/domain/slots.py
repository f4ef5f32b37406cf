"""Which starts a consultant offers, and why another is not offered.

`starts` is the one rule. It works on spans: hours, less what is held (with buffers) and when the
consultant is busy, give the spans in which a consult may start; the grid is then read off them.
A booking is accepted exactly when its instant is among them; `why_not` only puts the refusal into
words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from services.booking.domain.consultant import GRID, LENGTH, Consultant, Opening
from services.booking.domain.intervals import Span, instant, merge, minute_from, minute_of, subtract
from services.booking.domain.zones import (
    DAY,
    Stretch,
    day_number,
    local_date,
    offset_at,
    stretches,
    weekday_of,
)

_LENGTH = int(LENGTH.total_seconds()) // 60


class Reason(StrEnum):
    """Why an instant is not offered."""

    PAST = "past"
    TOO_SOON = "too-soon"
    BEYOND_HORIZON = "beyond-horizon"
    OFF_GRID = "off-grid"
    HOLIDAY = "holiday"
    DAY_OFF = "day-off"
    OUTSIDE_HOURS = "outside-hours"
    CALENDAR_UNREAD = "calendar-unread"
    DAY_FULL = "day-full"
    TAKEN = "taken"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Agenda:
    """A consultant, the dates that differ from their week, and what stands in their way.

    A date in `overrides` has those hours and no others (none: a day off), holiday or not; on
    `holidays` nothing is open otherwise. `held` are consults with their buffers. `busy` are other
    engagements, each as long as it says: a consult may touch one, as buffers are pauses between
    calls. `unread` means that the consultant's own calendar is not known, so nothing is offered.
    """

    consultant: Consultant
    held: tuple[Span, ...] = ()
    booked_on: Mapping[date, int] = field(default_factory=dict)
    overrides: Mapping[date, tuple[Opening, ...]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    busy: tuple[Span, ...] = ()
    unread: bool = False

    def is_full(self, day: date) -> bool:
        """Whether this local date has reached the consultant's daily cap."""
        cap = self.consultant.daily_cap
        return cap is not None and self.booked_on.get(day, 0) >= cap


def starts(agenda: Agenda, start: datetime, end: datetime, *, now: datetime) -> list[datetime]:
    """Every offered start from `start` up to, not including, `end`, ascending."""
    return [instant(minute) for minute in start_minutes(agenda, start, end, now=now)]


def start_minutes(agenda: Agenda, start: datetime, end: datetime, *, now: datetime) -> list[int]:
    """The same as minutes since 1970, for whoever joins the starts of many consultants."""
    who = agenda.consultant
    first = max(minute_from(start), minute_from(now + who.notice))
    last = min(minute_from(end), minute_of(now + who.horizon) + 1)
    if first >= last or agenda.unread:
        return []
    wanted = Span(first, last)
    cut = stretches(who.zone, Span(first, last + _LENGTH))
    startable = [Span(span.start, min(span.end - _LENGTH + 1, last)) for span in _open(agenda, cut)]
    return _on_grid(subtract(startable, _blocked(agenda, cut, wanted)), cut)


def is_offered(agenda: Agenda, start: datetime, *, now: datetime) -> bool:
    """Whether a booking of exactly this instant would be accepted."""
    minute = minute_of(start)
    return instant(minute) == start and bool(
        start_minutes(agenda, start, instant(minute + 1), now=now)
    )


def why_not(agenda: Agenda, start: datetime, *, now: datetime) -> Reason | None:
    """The first rule that keeps this instant from being offered; None when it is offered."""
    who = agenda.consultant
    if start < now:
        return Reason.PAST
    if start < now + who.notice:
        return Reason.TOO_SOON
    if start > now + who.horizon:
        return Reason.BEYOND_HORIZON
    if not is_on_grid(who, start):
        return Reason.OFF_GRID
    return _why_not_free(agenda, start, now=now)


def _why_not_free(agenda: Agenda, start: datetime, *, now: datetime) -> Reason | None:
    if is_offered(agenda, start, now=now):
        return None
    alone = replace(agenda, held=(), booked_on={}, busy=(), unread=False)
    if not is_offered(alone, start, now=now):
        return _why_not_open(agenda, start)
    if agenda.unread:
        return Reason.CALENDAR_UNREAD
    if agenda.is_full(local_date(start, agenda.consultant.zone)):
        return Reason.DAY_FULL
    without_busy = replace(agenda, busy=())
    return Reason.BUSY if is_offered(without_busy, start, now=now) else Reason.TAKEN


def _why_not_open(agenda: Agenda, start: datetime) -> Reason:
    zone = agenda.consultant.zone
    last = instant(minute_of(start) + _LENGTH - 1)
    for day in (local_date(start, zone), local_date(last, zone)):
        if day in agenda.overrides:
            if not agenda.overrides[day]:
                return Reason.DAY_OFF
        elif day in agenda.holidays:
            return Reason.HOLIDAY
    return Reason.OUTSIDE_HOURS


def is_within_hours(agenda: Agenda, start: datetime) -> bool:
    """Whether a consult at this instant lies within the hours of its date, whoever holds it."""
    minute = minute_of(start)
    span = Span(minute, minute + _LENGTH)
    return _open(agenda, stretches(agenda.consultant.zone, span)) == [span]


def clash(agenda: Agenda, start: datetime) -> Reason | None:
    """What a call that is booked at this instant stands against; None when all is well.

    Other calls are not looked at: of those the database lets none overlap.
    """
    if not is_within_hours(agenda, start):
        return _why_not_open(agenda, start)
    minute = minute_of(start)
    is_busy = any(each.start < minute + _LENGTH and each.end > minute for each in agenda.busy)
    return Reason.BUSY if is_busy else None


def nearest(offered: Iterable[datetime], wanted: datetime, *, count: int) -> list[datetime]:
    """The `count` distinct starts closest to `wanted` (the earlier of two as near), ascending."""
    by_distance = sorted(set(offered), key=lambda start: (abs(start - wanted), start))
    return sorted(by_distance[:count])


def _open(agenda: Agenda, cut: list[Stretch]) -> list[Span]:
    """The hours during these stretches, as instants, where a consult fits in; sorted, disjoint."""
    week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for hours in agenda.consultant.hours:
        week[hours.weekday].append((hours.opens, hours.closes))
    special: dict[int, list[tuple[int, int]]] = {day_number(day): [] for day in agenda.holidays}
    for date_, openings in agenda.overrides.items():
        special[day_number(date_)] = [(each.opens, each.closes) for each in openings]
    found: list[Span] = []
    for stretch in cut:
        start, end = stretch.span
        for day in stretch.days():
            midnight = stretch.midnight(day)
            for opens, closes in special.get(day, week[weekday_of(day)]):
                found.append(Span(max(midnight + opens, start), min(midnight + closes, end)))
    return [span for span in merge(found) if span.end - span.start >= _LENGTH]


def _blocked(agenda: Agenda, cut: list[Stretch], wanted: Span) -> list[Span]:
    """The starts at which a consult would touch something held or busy, or its day is full."""
    who = agenda.consultant
    blocked = _around(agenda.held, wanted, before=who.buffer_before, after=who.buffer_after)
    blocked += _around(agenda.busy, wanted)
    if agenda.consultant.daily_cap is not None:
        full = [day_number(day) for day in agenda.booked_on if agenda.is_full(day)]
        for stretch in cut:
            start, end = stretch.span
            for midnight in map(stretch.midnight, full):
                blocked.append(Span(max(midnight, start), min(midnight + DAY, end)))
    return merge(blocked)


def _around(spans: Iterable[Span], wanted: Span, *, before: int = 0, after: int = 0) -> list[Span]:
    """The starts at which a consult, with these pauses, would touch one of the spans."""
    reach = _LENGTH + after
    return [
        Span(each.start - reach + 1, each.end + before)
        for each in spans
        if each.end + before > wanted.start and each.start - reach < wanted.end
    ]


def _on_grid(free: list[Span], cut: list[Stretch]) -> list[int]:
    """The minutes of the free spans that are on the wall clock's grid."""
    found: list[int] = []
    for stretch in cut:
        start, end = stretch.span
        for span in free:
            low, high = max(span.start, start), min(span.end, end)
            if low < high:
                found.extend(range(low + (-(low + stretch.offset)) % GRID, high, GRID))
    return found


def is_on_grid(who: Consultant, start: datetime) -> bool:
    """Whether the consultant's wall clock shows a full 20 minutes at this instant."""
    minute = minute_of(start)
    return instant(minute) == start and (minute + offset_at(who.zone, minute)) % GRID == 0
