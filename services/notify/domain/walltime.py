"""Wall-clock arithmetic: a day before is the same time on the clock, not 24 hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local(at: datetime, zone: str) -> datetime:
    """The aware instant `at` on the wall clock of `zone`."""
    return at.astimezone(ZoneInfo(zone))


def instant(day: date, clock: time, zone: str) -> datetime:
    """The UTC instant of a wall time; first of a repeated hour, and a time that does
    not exist is read as if the clock had not been put forward (so one hour later)."""
    wall = datetime.combine(day, clock.replace(tzinfo=None, fold=0), ZoneInfo(zone))
    return wall.astimezone(UTC)


def days_before(at: datetime, days: int, zone: str) -> datetime:
    """The same wall-clock time `days` days earlier in `zone` (negative: later)."""
    wall = local(at, zone)
    return instant(wall.date() - timedelta(days=days), wall.time(), zone)
