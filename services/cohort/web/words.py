"""How cohort's pages say stages, kinds, windows and stretches of time."""

from __future__ import annotations

from datetime import date, datetime, time

from services.cohort.domain.cohort import Stage
from services.cohort.domain.program import Kind
from services.cohort.queries.cohorts import CohortLine
from shared import times

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
KINDS = {
    Kind.PREPARATION: "Preparation",
    Kind.MEDICINE: "Medicine session",
    Kind.INTEGRATION: "Integration",
    Kind.CHECK_IN: "Individual check-in",
    Kind.MEASURES: "Outcome measures",
}
SHORT_KINDS = KINDS | {Kind.MEDICINE: "Medicine", Kind.MEASURES: "Measures"}
STAGES = {
    Stage.DRAFT: ("Draft", ""),
    Stage.FORMING: ("Forming", ""),
    Stage.CONFIRMED: ("Confirmed", "good"),
    Stage.RUNNING: ("Running", "good"),
    Stage.COMPLETED: ("Completed", ""),
    Stage.CANCELLED: ("Cancelled", ""),
}
LANGUAGES = {"en": "English", "es": "Spanish"}
FORMATS = {"in_person": "in person", "online": "online"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def month_day(day: date) -> str:
    """ "Jan 13"."""
    return f"{_MONTHS[day.month - 1]} {day.day}"


def short_day(day: date) -> str:
    """ "Wed, Jan 13"."""
    return f"{WEEKDAYS[day.weekday()][:3]}, {month_day(day)}"


def year(at: datetime, zone: str) -> int:
    """The year of an instant on the calendars of `zone`."""
    return times.local(at, zone).year


def time_range(start: datetime, end: datetime, zone: str) -> str:
    """ "1:00–2:30 PM" on the wall clocks of `zone`."""
    return times.span(start, end, zone).rpartition(", ")[0].replace(" to ", "–")


def hour_words(start_time: str) -> str:
    """A stored HH:MM as "1:00 PM"."""
    at = time.fromisoformat(start_time)
    return f"{at.hour % 12 or 12}:{at.minute:02d} {'PM' if at.hour >= 12 else 'AM'}"


def window_words(cohort: CohortLine) -> str:
    """ "Wednesdays at 1:00 PM Eastern Time", as the clocks at the venue show."""
    hour, zone = hour_words(cohort.start_time), times.zone_name(cohort.timezone)
    return f"{WEEKDAYS[cohort.weekday]}s at {hour} {zone}"


def place_words(cohort: CohortLine) -> str:
    """ "in Tide room" or "online"."""
    return f"in {cohort.room}" if cohort.room else "online"


def waited(since: datetime | None, now: datetime) -> str:
    """ "19 days"; a dash when there is nobody."""
    if since is None:
        return "–"
    days = (now - since).days
    return "since today" if days < 1 else f"{days} day{'' if days == 1 else 's'}"
