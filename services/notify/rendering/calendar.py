"""The iCalendar part of an email (RFC 5545, 5546)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from icalendar import Calendar as Vcalendar
from icalendar import Event as Vevent
from icalendar import vCalAddress, vText


@dataclass(frozen=True, slots=True)
class Entry:
    """One calendar entry at one revision; `revision` 1 is SEQUENCE 0. Instants are UTC."""

    source: str
    revision: int
    title: str
    starts_at: datetime
    ends_at: datetime
    location: str
    url: str
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Party:
    """An organizer or attendee."""

    name: str
    email: str


def uid(source: str, base_url: str) -> str:
    """The same for every revision: "consult-<id>@<public host>"."""
    return f"{source.replace('/', '-')}@{urlsplit(base_url).hostname}"


def render(entry: Entry, *, organizer: Party, attendee: Party, base_url: str, now: datetime) -> str:
    """The calendar object: REQUEST, or CANCEL when the entry is cancelled.

    Nobody is asked to answer: whoever booked has accepted already.
    """
    method: Literal["REQUEST", "CANCEL"] = "CANCEL" if entry.cancelled else "REQUEST"
    calendar = Vcalendar()
    calendar.add("prodid", "-//Grip//Notify//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event = Vevent()
    event.add("uid", uid(entry.source, base_url))
    event.add("sequence", entry.revision - 1)
    event.add("dtstamp", now)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", entry.title)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    if entry.location:
        event.add("location", entry.location)
    if entry.url:
        event.add("url", entry.url)
    event.add("class", "PRIVATE")
    event.add("organizer", _address(organizer))
    event.add("attendee", _address(attendee, partstat="ACCEPTED", rsvp="FALSE"))
    calendar.add_component(event)
    return str(calendar.to_ical().decode())


def _address(party: Party, **parameters: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{party.email}")
    address.params["CN"] = vText(party.name)
    for name, value in parameters.items():
        address.params[name.upper()] = vText(value)
    return address
