"""From an iCalendar document (RFC 5545) to the times at which it says busy.

Whatever is not understood makes the whole calendar unreadable: an engagement left out would be
one that somebody is booked over.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from icalendar import Calendar, Component
from recurring_ical_events import of

from services.booking.domain.intervals import Span, merge, span_of
from services.booking.ports import CalendarRequest, CalendarUnreadable

_DAY = timedelta(days=1)
_NO_CALENDAR = "What is there is not a calendar."
_UNCLEAR = "One of its entries can't be understood."
_OUR_CALL = re.compile(r"consult-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}@")
_TIMES = ("DTSTART", "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID")


def busy_spans(document: bytes, wanted: CalendarRequest) -> list[Span]:
    """When the calendar says busy between the request's start and end: merged, cut off at both.

    Entries that are cancelled, or marked as free, do not count, nor do our own calls, which the
    book knows better. Work is not bounded here. Raises `CalendarUnreadable`.
    """
    calendars = _parsed(document)
    found: list[Span] = []
    try:
        for calendar in calendars:
            found += [
                span_of(max(begin, wanted.start), min(end, wanted.end))
                for begin, end in _engagements(calendar, wanted)
                if begin < end and begin < wanted.end and end > wanted.start
            ]
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError):
        raise CalendarUnreadable(_UNCLEAR) from None
    return merge(found)


def _parsed(document: bytes) -> list[Component]:
    text = document.decode("utf-8-sig", "replace").strip()
    if not re.match(r"BEGIN:VCALENDAR\s", text, re.IGNORECASE):
        raise CalendarUnreadable(_NO_CALENDAR)
    if not re.search(r"\sEND:VCALENDAR$", text, re.IGNORECASE):
        raise CalendarUnreadable("It breaks off in the middle.")
    try:
        found = list[Component](Calendar.from_ical(text, multiple=True))
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError):
        raise CalendarUnreadable(_UNCLEAR) from None
    if not found or any(each.name != "VCALENDAR" for each in found):
        raise CalendarUnreadable(_NO_CALENDAR)
    return found


def _engagements(
    calendar: Component, wanted: CalendarRequest
) -> Iterator[tuple[datetime, datetime]]:
    for component in calendar.walk("VEVENT"):
        _must_be_clear(component)
    # Times without a zone are compared in another than the consultant's: hence a day more.
    for event in of(calendar).between(wanted.start - _DAY, wanted.end + _DAY):
        if _counts(event):
            yield _instant(event.start, wanted), _instant(event.end, wanted)
    for component in calendar.walk("VFREEBUSY"):
        yield from _periods(component, wanted)


def _counts(event: Component) -> bool:
    is_free = str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
    is_off = str(event.get("STATUS", "")).upper() == "CANCELLED"
    return not (is_free or is_off or _OUR_CALL.match(str(event.get("UID", ""))))


def _periods(component: Component, wanted: CalendarRequest) -> Iterator[tuple[datetime, datetime]]:
    """A calendar that is published as free and busy only."""
    for period in _each(component.get("FREEBUSY")):
        if str(period.params.get("FBTYPE", "BUSY")).upper() != "FREE":
            begin, end = period.dt
            end = begin + end if isinstance(end, timedelta) else end
            yield _instant(begin, wanted), _instant(end, wanted)


def _must_be_clear(component: Component) -> None:
    """Raise `CalendarUnreadable` for an entry whose zone is neither known nor explained."""
    for name in _TIMES:
        for value in _each(component.get(name)):
            for each in getattr(value, "dts", [value]):
                at = each.dt
                if "TZID" in value.params and isinstance(at, datetime) and at.tzinfo is None:
                    raise CalendarUnreadable("One of its entries is in a time zone unknown to us.")


def _each(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _instant(at: date, wanted: CalendarRequest) -> datetime:
    """A time without a zone, and the midnight of a whole day, are by the consultant's clock."""
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    if at.tzinfo is None:
        at = at.replace(tzinfo=wanted.zone)
    return at.astimezone(UTC)
