"""A consultant's calls as a calendar to subscribe to (RFC 5545)."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from services.booking.queries.feed import Entry
from services.booking.web.wording import first_name

_REFRESH = "PT15M"


def calendar_of(entries: Iterable[Entry], *, base_url: str, now: datetime) -> bytes:
    """METHOD:PUBLISH, with the UIDs that messages about the same calls carry.

    It may lie with a calendar provider: a call is a first name and a link that needs a sign-in.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Grip//Booking//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Calls")
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"}, encode=False)
    calendar.add("x-published-ttl", _REFRESH, encode=False)
    for entry in entries:
        calendar.add_component(_event(entry, base_url=base_url, now=now))
    return bytes(calendar.to_ical())


def _event(entry: Entry, *, base_url: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"consult-{entry.consult_id}@{urlsplit(base_url).hostname}")
    event.add("sequence", entry.revision - 1)
    event.add("dtstamp", now)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    held = entry.person is None
    event.add("summary", "Held" if held else f"Call with {first_name(entry.person or '')}")
    event.add("status", "TENTATIVE" if held else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("url", f"{base_url}/booking/staff/consults/{entry.consult_id}")
    return event
