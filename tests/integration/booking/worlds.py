"""Random practices around clock changes: who works when, and what stands in their way.

A practice is put into a database by `settle`, through the same stores as the service's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from sqlalchemy.orm import Session

from services.booking.domain.consultant import MINUTES_OF_DAY, Consultant, Hours, Opening
from services.booking.domain.ids import ConsultantId
from services.booking.domain.intervals import merge, span_of
from services.booking.store import calendars, records

ZONES = (
    "America/New_York", "America/St_Johns", "America/Santiago", "America/Asuncion",
    "Europe/London", "Africa/Casablanca", "Africa/Cairo", "Asia/Kolkata", "Asia/Kathmandu",
    "Asia/Gaza", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Kiritimati", "UTC",
)  # fmt: skip

MOMENTS = tuple(
    datetime(2027, *day, tzinfo=UTC)
    for day in (
        (2, 6), (2, 13), (3, 13), (3, 27), (4, 2), (9, 4), (10, 2), (10, 30), (11, 6), (6, 15),
        (7, 4), (12, 24),
    )
)  # fmt: skip
"""Just before clocks change in these zones; a quiet day, and two with holidays."""

REGIONS = (None, None, "US", "US-ME", "GB", "NZ", "EG")
DAY = timedelta(days=1)
Busy = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Colleague:
    """A consultant with all that is set about their time."""

    consultant: Consultant
    region: str | None
    active: bool
    overrides: dict[date, tuple[Opening, ...]]
    own_busy: list[Busy] | None
    """By their own calendar, if they gave one."""
    calendar_age: timedelta
    sessions: list[Busy]


@dataclass(frozen=True, slots=True)
class Practice:
    """Consultants, and the moment at which it begins."""

    now: datetime
    colleagues: list[Colleague]


@st.composite
def openings(draw: st.DrawFn) -> Opening:
    """Wide hours more often than narrow ones, so that something is offered."""
    if draw(st.booleans()):
        return Opening(0, MINUTES_OF_DAY)
    opens = draw(st.integers(0, 285)) * 5
    return Opening(opens, draw(st.integers(opens // 5 + 1, 288)) * 5)


def apart(found: list[Opening]) -> tuple[Opening, ...]:
    """One for each minute of opening, as they are kept."""
    return tuple({each.opens: each for each in found}.values())


@st.composite
def weeks(draw: st.DrawFn) -> tuple[Hours, ...]:
    """Hours on most weekdays; at times two stretches, which may overlap or touch."""
    return tuple(
        Hours(weekday, each.opens, each.closes)
        for weekday in draw(st.sets(st.integers(0, 6), min_size=3))
        for each in apart(draw(st.lists(openings(), min_size=1, max_size=2)))
    )


@st.composite
def consultants(draw: st.DrawFn, number: int) -> Consultant:
    return Consultant(
        id=ConsultantId(f"c{number}"),
        name=f"Cleo {number}",
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        hours=draw(weeks()),
        buffer_before=draw(st.sampled_from((0, 0, 5, 10, 60))),
        buffer_after=draw(st.sampled_from((0, 0, 5, 25, 60))),
        daily_cap=draw(st.sampled_from((None, None, 1, 2))),
        notice=timedelta(minutes=draw(st.sampled_from((0, 0, 1, 45, 720)))),
        horizon=timedelta(days=draw(st.sampled_from((1, 2, 60)))),
    )


def busy_times(around: datetime) -> st.SearchStrategy[list[Busy]]:
    """Distinct stretches near a moment, to the second."""
    seconds = st.integers(-6 * 3600, 60 * 3600)
    stretch = st.tuples(seconds, st.integers(1, 6 * 3600)).map(
        lambda it: (
            around + timedelta(seconds=it[0]),
            around + timedelta(seconds=it[0] + it[1]),
        )
    )
    return st.lists(stretch, max_size=3, unique=True)


@st.composite
def colleagues(draw: st.DrawFn, number: int, *, now: datetime) -> Colleague:
    who = draw(consultants(number))
    today = now.astimezone(who.zone).date()
    days = draw(st.sets(st.integers(-1, 3), max_size=2))
    return Colleague(
        consultant=who,
        region=draw(st.sampled_from(REGIONS)),
        active=draw(st.sampled_from((True, True, True, False))),
        overrides={
            today + timedelta(days=n): apart(draw(st.lists(openings(), max_size=2))) for n in days
        },
        own_busy=draw(st.none() | busy_times(now)),
        calendar_age=timedelta(minutes=draw(st.sampled_from((0, 50, 59, 60, 61)))),
        sessions=draw(busy_times(now)),
    )


@st.composite
def practices(draw: st.DrawFn) -> Practice:
    seconds = (
        draw(st.integers(0, 36 * 3600)) if draw(st.booleans()) else 3600 * draw(st.integers(0, 36))
    )
    now = draw(st.sampled_from(MOMENTS)) + timedelta(seconds=seconds)
    count = draw(st.integers(1, 3))
    return Practice(now, [draw(colleagues(n, now=now)) for n in range(count)])


def settle(session: Session, practice: Practice) -> None:
    """Put the practice into an empty database."""
    for each in practice.colleagues:
        _put(session, each, now=practice.now)


def profile_of(consultant_id: ConsultantId, region: str | None) -> records.Profile:
    """The consultant as a member of staff, with the holidays of a region."""
    return records.Profile(region=region, staff_id=f"staff-{consultant_id}")


def _put(session: Session, it: Colleague, *, now: datetime) -> None:
    who = it.consultant
    profile = profile_of(who.id, it.region)
    records.add(session, who, profile, now=now)
    for day, hours in it.overrides.items():
        records.override(session, who.id, [day], hours)
    records.set_active(session, who.id, active=it.active)
    calendars.replace_staff_busy(session, profile.staff_id or "", it.sessions)
    if it.own_busy is not None:
        read_at = now - it.calendar_age
        calendars.connect(
            session, who.id, "https://c.example/", stale_after=timedelta(hours=1), now=read_at
        )
        claim = calendars.claim_due(session, now=read_at)
        if claim is not None:  # that of somebody who is away is not read
            busy = merge(span_of(start, end) for start, end in it.own_busy)
            calendars.keep_reading(session, claim, busy, now=read_at, next_at=now + DAY)
