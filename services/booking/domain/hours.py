"""Opening hours as people write them: "9 AM–12 PM, 1–5 PM", "09:00-17:00", nothing for closed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from services.booking.domain.consultant import LENGTH, MINUTES_OF_DAY, Hours, Opening

MOST = 8
"""Stretches of one day."""
_LONGEST = 200
"""Characters."""
_SHORTEST = int(LENGTH.total_seconds()) // 60
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NOON = MINUTES_OF_DAY // 2
_CLOSED = frozenset({"", "-", "–", "—", "off", "closed", "none", "no"})
_BETWEEN = re.compile(r"\s*(?:-|–|—|−|\bto\b|\buntil\b)\s*")
_STRETCHES = re.compile(r"\s*(?:,|;|\n|\band\b|&|\+)\s*")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(a|p|am|pm|a\.m\.|p\.m\.)?", re.ASCII)
_WORDS = {"noon": _NOON, "midnight": 0}
_LIKE = "Write hours like 9 AM–5 PM or 09:00–17:00."


class BadHours(ValueError):
    """What was written are no hours; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Run:
    """Dates in a row, first to last, on which the same hours hold; none are days off."""

    first: date
    last: date
    hours: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class _Time:
    """A written time. `has_half` is AM or PM said; `is_clear` is that nobody need ask which."""

    written: str
    minute: int
    has_half: bool
    is_clear: bool


def read_hours(text: str) -> tuple[Opening, ...]:
    """The stretches that `text` means, sorted, those that touch joined; none when it is closed.

    A time without AM or PM is of the 24-hour clock, unless the other end of its stretch has one
    ("1–5 PM"). A bare 1 to 6 is asked after: hours in the night are rarely meant.
    Raises `BadHours`.
    """
    plain = " ".join(text.split()).casefold()
    if len(plain) > _LONGEST:
        raise BadHours(f"Use at most {_LONGEST} characters.")
    if plain in _CLOSED:
        return ()
    found = sorted(_stretch(part) for part in _STRETCHES.split(plain) if part)
    joined: list[Opening] = []
    for each in found:
        if joined and each.opens < joined[-1].closes:
            raise BadHours(f"{_say(joined[-1])} and {_say(each)} overlap.")
        if joined and each.opens == joined[-1].closes:
            joined[-1] = Opening(joined[-1].opens, each.closes)
        else:
            joined.append(each)
    if len(joined) > MOST:
        raise BadHours(f"Use at most {MOST} stretches a day.")
    return tuple(joined)


def say_hours(hours: Iterable[Opening]) -> str:
    """The same in words that `read_hours` reads: "9 AM–12 PM, 1 PM–5 PM"; closed is empty."""
    return ", ".join(_say(each) for each in sorted(hours))


def say_week(hours: Iterable[Hours]) -> str:
    """A week in short: "Mon–Fri 9 AM–5 PM; Sat 10 AM–12 PM"; empty without hours."""
    by_day: list[list[Opening]] = [[] for _ in _DAYS]
    for each in hours:
        by_day[each.weekday].append(Opening(each.opens, each.closes))
    said = []
    for words, days in groupby(range(7), key=lambda day: say_hours(by_day[day])):
        first, *_, last = (*days,) * 2
        names = _DAYS[first] if first == last else f"{_DAYS[first]}–{_DAYS[last]}"
        said += [f"{names} {words}"] if words else []
    return "; ".join(said)


def say_minute(minute: int) -> str:
    """A minute after midnight as the clock shows it: "9 AM", "12:30 PM", "midnight" for 1440."""
    if minute == MINUTES_OF_DAY:
        return "midnight"
    hour, rest = divmod(minute, 60)
    clock = f"{hour % 12 or 12}:{rest:02d}" if rest else f"{hour % 12 or 12}"
    return f"{clock} {'PM' if hour >= 12 else 'AM'}"


def runs(days: Mapping[date, tuple[Opening, ...]]) -> list[Run]:
    """Dates and their hours, ascending, with those that follow each other as one."""
    found: list[Run] = []
    for day, hours in sorted(days.items()):
        if found and found[-1].hours == hours and day - found[-1].last == timedelta(days=1):
            found[-1] = Run(found[-1].first, day, hours)
        else:
            found.append(Run(day, day, hours))
    return found


def _say(hours: Opening) -> str:
    return f"{say_minute(hours.opens)}–{say_minute(hours.closes)}"


def _stretch(text: str) -> Opening:
    ends = _BETWEEN.split(text)
    if len(ends) != 2:
        raise BadHours(_LIKE)
    first, last = _time(ends[0]), _time(ends[1])
    opens, closes = _both(first, last)
    if closes - opens < _SHORTEST:
        raise BadHours(f"A call takes {_SHORTEST} minutes: make {text} longer.")
    return Opening(opens, closes)


def _both(first: _Time, last: _Time) -> tuple[int, int]:
    """The minutes meant by the two ends of a stretch."""
    closing = _sure(last) or MINUTES_OF_DAY
    if last.has_half and not first.is_clear:  # "1–5 PM": the later half that comes before the end
        half = first.minute % _NOON
        opening = half + _NOON if half + _NOON < closing else half
    else:
        opening = _sure(first)
    if opening >= closing:
        raise BadHours(
            f"{say_minute(opening)} is not before {say_minute(closing)}. "
            "Past midnight, write the rest on the next day."
        )
    return opening, closing


def _sure(time: _Time) -> int:
    if not time.is_clear and 60 <= time.minute < 7 * 60:
        raise BadHours(f"Say whether {time.written} is AM or PM.")
    return time.minute


def _time(written: str) -> _Time:
    if written in _WORDS:
        return _Time(written, _WORDS[written], has_half=True, is_clear=True)
    found = _CLOCK.fullmatch(written)
    if found is None:
        raise BadHours(_LIKE)
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "")[:1]
    if minute > 59 or hour > 24 or (hour == 24 and minute) or (half and not 1 <= hour <= 12):
        raise BadHours(f"There is no such time as {written}.")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    is_clear = bool(half) or len(found[1]) == 2 or hour == 0
    return _Time(written, hour * 60 + minute, has_half=bool(half), is_clear=is_clear)
