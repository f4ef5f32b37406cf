"""Reads our words for a time as a person would, without a look at how they are made.

What is read is a date without a year and a clock time, with an offset perhaps; it means whatever
instants show just that on the clocks of a zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "mon tue wed thu fri sat sun",
    "lunes martes miércoles jueves viernes sábado domingo",
    "lunes martes miercoles jueves viernes sabado domingo",
)
_MONTHS = (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
)
WEEKDAY = {name: n for names in _WEEKDAYS for n, name in enumerate(names.split())}
MONTH = {name: n for names in _MONTHS for n, name in enumerate(names.split(), start=1)}

_ENGLISH = re.compile(r"(?P<weekday>[a-z]+),? (?P<month>[a-z]+) (?P<day>\d+)\b", re.IGNORECASE)
_SPANISH = re.compile(r"(?P<weekday>\w+) (?P<day>\d+) de (?P<month>[a-z]+)\b", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?P<hour>\d+):(?P<minute>\d\d)(?: (?P<half>AM|PM|a\. m\.|p\. m\.))?"
    r"(?: \(UTC(?P<sign>[+−-])(?P<hours>\d+)(?::(?P<minutes>\d\d))?\))?"
)


class Unclear(AssertionError):
    """The words name no instant, or more than one."""


@dataclass(frozen=True)
class Clock:
    """A clock time, and the offset from UTC if one is said."""

    at: time
    offset: timedelta | None


@dataclass(frozen=True)
class Day:
    """A date without its year."""

    weekday: int
    month: int
    day: int

    def dates(self, near: date) -> Iterator[date]:
        """The dates within half a year that it may be; one for all practical purposes."""
        for year in (near.year - 1, near.year, near.year + 1):
            try:
                found = date(year, self.month, self.day)
            except ValueError:  # a February 29
                continue
            if found.weekday() == self.weekday and abs(found - near) < timedelta(days=180):
                yield found


def instants(day: date, clock: Clock, tz: str) -> set[datetime]:
    """Every instant at which the clocks of `tz` show this, with this offset if one is said."""
    wall, zone = datetime.combine(day, clock.at), ZoneInfo(tz)
    found = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return {
        at
        for at in found
        if (shown := at.astimezone(zone)).replace(tzinfo=None, fold=0) == wall
        and clock.offset in (None, shown.utcoffset())
    }


def read_day(words: str) -> Day:
    """The first date in these words, in English or Spanish."""
    for found in (*_SPANISH.finditer(words), *_ENGLISH.finditer(words)):
        weekday, month = WEEKDAY.get(found["weekday"].lower()), MONTH.get(found["month"].lower())
        if weekday is not None and month is not None:
            return Day(weekday, month, int(found["day"]))
    raise Unclear(words)


def read_clocks(words: str) -> list[Clock]:
    """The clock times in these words; a half of the day said once is that of both."""
    found = list(_CLOCK.finditer(words))
    if not found or not found[-1]["half"]:
        raise Unclear(words)
    return [_clock(each, each["half"] or found[-1]["half"]) for each in found]


def read(words: str, tz: str, *, near: datetime) -> datetime:
    """The one instant that these words name on the clocks of `tz`."""
    return one(read_day(words), read_clocks(words)[0], tz, near=near, words=words)


def one(day: Day, clock: Clock, tz: str, *, near: datetime, words: str) -> datetime:
    """The one instant of this date and clock time."""
    found = {at for each in day.dates(near.date()) for at in instants(each, clock, tz)}
    if len(found) != 1:
        raise Unclear(f"{words!r} in {tz} is {sorted(found)}")
    return found.pop()


def read_span(day: str, words: str, tz: str, *, near: datetime) -> tuple[datetime, datetime]:
    """Beginning and end, by a date and "from … to …"; the end is the first such time after it."""
    first, last = read_clocks(words)
    start = one(read_day(day), first, tz, near=near, words=f"{day}, {words}")
    today = start.astimezone(ZoneInfo(tz)).date()
    later = {at for n in (0, 1) for at in instants(today + timedelta(days=n), last, tz)}
    return start, min(at for at in later if at > start)


def _clock(found: re.Match[str], half: str) -> Clock:
    hour = int(found["hour"]) % 12 + (12 if half[0].lower() == "p" else 0)
    offset = None
    if found["sign"]:
        minutes = int(found["hours"]) * 60 + int(found["minutes"] or 0)
        offset = timedelta(minutes=minutes if found["sign"] == "+" else -minutes)
    return Clock(time(hour, int(found["minute"])), offset)
