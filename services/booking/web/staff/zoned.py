"""Dates as staff give them: of their own wall, within what the books can hold."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

_YEARS = range(2000, 2200)


def date_in(value: str) -> date | None:
    """The date that a form or an address carries, if it is one."""
    try:
        day = date.fromisoformat(value.strip()[:10])
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which this date begins there."""
    return datetime.combine(day, time(), zone)
