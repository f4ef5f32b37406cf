"""How a call is spoken of: first names, the days ahead, and what happens next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from services.booking.domain.intervals import written
from services.booking.queries.calls import Call
from shared import times
from shared.web.language import gettext as _
from shared.web.language import language
from shared.web.saying import sentence

ZONES = (
    ("America/New_York", "Eastern Time (New York)"),
    ("America/Chicago", "Central Time (Chicago)"),
    ("America/Denver", "Mountain Time (Denver)"),
    ("America/Phoenix", "Arizona Time (Phoenix)"),
    ("America/Los_Angeles", "Pacific Time (Los Angeles)"),
    ("America/Anchorage", "Alaska Time (Anchorage)"),
    ("Pacific/Honolulu", "Hawaii Time (Honolulu)"),
    ("America/Puerto_Rico", "Puerto Rico Time (San Juan)"),
    ("America/St_Johns", "Newfoundland (St. John’s)"),
    ("America/Mexico_City", "Mexico City"),
    ("America/Bogota", "Bogotá"),
    ("America/Sao_Paulo", "São Paulo"),
    ("Europe/London", "London"),
    ("Europe/Madrid", "Madrid, Berlin, Paris"),
    ("Europe/Athens", "Athens"),
    ("Africa/Lagos", "Lagos"),
    ("Africa/Johannesburg", "Johannesburg"),
    ("Asia/Dubai", "Dubai"),
    ("Asia/Kolkata", "Kolkata"),
    ("Asia/Shanghai", "Shanghai"),
    ("Asia/Tokyo", "Tokyo"),
    ("Australia/Sydney", "Sydney"),
    ("Pacific/Auckland", "Auckland"),
)
"""The zones that people are offered to choose from; any other may come from their device."""

IN_SIGHT = 9
"""Times of a day that are seen without unfolding: three rows on a phone."""


@dataclass(frozen=True, slots=True)
class Time:
    """One start on offer: its value in the form, its clock time, and its whole name.

    `offset` tells apart the times of an hour that happens twice: "(UTC−4)".
    """

    value: str
    clock: str
    half: str
    offset: str
    full: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day with times; `when` is "today", "tomorrow" or nothing. `rest` is folded away."""

    name: str
    when: str
    first: tuple[Time, ...]
    rest: tuple[Time, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens next."""

    when: str
    what: str


def zones(current: str) -> list[tuple[str, str]]:
    """The choice of zones, the current one first if it is another."""
    known = [(zone, _(words)) for zone, words in ZONES]
    if current in dict(ZONES):
        return known
    return [(current, sentence(times.zone_name(current, locale=language()))), *known]


def days(starts: list[datetime], tz: str, *, now: datetime) -> list[Day]:
    """Starts, ascending, by their date in this zone."""
    zone = ZoneInfo(tz)
    today = now.astimezone(zone).date()
    near = {today: _("today"), today + timedelta(days=1): _("tomorrow")}
    return [
        _day(
            sentence(times.day_words(day, language())),
            near.get(day, ""),
            [_time(at, tz) for at in group],
        )
        for day, group in groupby(starts, key=lambda at: at.astimezone(zone).date())
    ]


def choices(starts: Sequence[datetime], tz: str) -> list[tuple[str, str]]:
    """Starts as pairs of form value and words with their day."""
    return [(written(at), sentence(times.full(at, tz, language()))) for at in starts]


def headline(refusal: str) -> str:
    """The first sentence of a refusal, without its full stop."""
    return _(refusal).partition(". ")[0].rstrip(".")


def first_name(name: str) -> str:
    """What a person is called: the first word of their name."""
    return name.split(maxsplit=1)[0]


def short_name(consultant: str) -> str:
    """What a consultant is called in a sentence: "Maya", but the whole of "Our team"."""
    first, _space, rest = consultant.partition(" ")
    return _(consultant) if rest[:1].islower() else first


def whole_name(consultant: str) -> str:
    """What a consultant is called where a sentence begins: "Maya Lindqvist", "Our team"."""
    return _(consultant) if " " in short_name(consultant) else consultant


def title(consultant: str) -> str:
    """What the call is called in a calendar: "Call with Maya", "Call with our team"."""
    short = short_name(consultant)
    return _("Call with %(who)s", who=short[0].lower() + short[1:] if " " in short else short)


def next_steps(call: Call, now: datetime) -> list[Step]:
    """What happens from now on, in order; reminders that would come too late are left out."""
    consult = call.consult
    tz = consult.preferences.timezone
    steps = []
    if call.given.email and now - call.booked_at < timedelta(hours=1):
        steps.append(Step(_("Now"), _("An email with these details and a link to change them.")))
    reminder = times.local(consult.starts_at, tz) - timedelta(days=1)
    is_reminded = call.given.email or consult.preferences.consent.granted
    if reminder > now + timedelta(hours=4) and is_reminded:
        steps.append(Step(_when(reminder, tz, now), _reminder(call)))
    who = short_name(call.consultant)
    does = (
        _("%(who)s calls.", who=who)
        if consult.meeting == "phone"
        else _("%(who)s meets you by video.", who=who)
    )
    missed = _("If you miss it, nothing is lost: you can choose another time.")
    steps.append(Step(_when(consult.starts_at, tz, now), f"{does} {missed}"))
    return steps


def _reminder(call: Call) -> str:
    if not call.consult.preferences.consent.granted:
        return _("A reminder by email.")
    if not call.given.email:
        return _("A reminder by text. Reply C to the text to confirm, if you like.")
    return _("A reminder by email and text. Reply C to the text to confirm, if you like.")


def _when(at: datetime, tz: str, now: datetime) -> str:
    """Day and time: the weekday alone while that is clear."""
    near = at - now < timedelta(days=6)
    day = (times.weekday if near else times.long_day)(at, tz, language())
    return sentence(f"{day} {times.clock_time(at, tz, language())}")


def _day(name: str, when: str, all_times: list[Time]) -> Day:
    """A few times in sight; a fold that would hide only a row of three is left out."""
    shown = len(all_times) if len(all_times) <= IN_SIGHT + 3 else IN_SIGHT
    return Day(name, when, tuple(all_times[:shown]), tuple(all_times[shown:]))


def _time(at: datetime, tz: str) -> Time:
    words, bracket, offset = times.clock_time(at, tz, language()).partition(" (")
    clock, _space, half = words.partition(" ")
    full = sentence(times.full(at, tz, language()))
    return Time(written(at), clock, half, f"({offset}" if bracket else "", full)
