"""The call as a file for the person's own calendar (RFC 5545)."""

from datetime import datetime
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from services.booking.domain.consult import Meeting, Status
from services.booking.queries.calls import Call
from services.booking.web.wording import title


def ics(call: Call, *, manage_url: str, now: datetime) -> bytes:
    """METHOD:PUBLISH, with the UID and SEQUENCE that emails about the same call carry."""
    consult = call.consult
    calendar = Calendar()
    calendar.add("prodid", "-//Grip//Booking//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", f"consult-{consult.id}@{urlsplit(manage_url).hostname}")
    event.add("sequence", consult.revision - 1)
    event.add("dtstamp", now)
    event.add("dtstart", consult.starts_at)
    event.add("dtend", consult.ends_at)
    event.add("summary", title(call.consultant))
    event.add("status", "CANCELLED" if consult.status is Status.CANCELLED else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("url", manage_url)
    if consult.meeting is Meeting.VIDEO and call.join_url:
        event.add("location", call.join_url)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
