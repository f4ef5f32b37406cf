"""Every zone, each change of its clocks to the end of 2030: what is offered, and how it is said.

Page, email, text and calendar entries are read back from their words (see `spoken`): they name one
instant, and the same. Instants are those around each change, and a plain one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from flask import Flask
from icalendar import Calendar

from services.booking.domain.consult import Consult, Meeting
from services.booking.domain.consultant import Consultant, Hours
from services.booking.domain.ids import ConsultantId, ConsultId, PersonId
from services.booking.domain.person import Consent, Given, Preferences
from services.booking.domain.slots import Agenda, starts
from services.booking.queries.calls import Call
from services.booking.web import wording
from services.booking.web.calendar import ics
from services.notify.domain.segments import count, to_gsm
from services.notify.domain.values import Purpose
from services.notify.rendering import calendar
from services.notify.rendering.writer import Practice, Writer
from services.notify.tables import AppointmentRow
from services.notify.use_cases import facts
from shared import times
from tests.conftest import DatabaseFactory
from tests.integration.booking.site import open_site
from tests.integration.booking.spoken import read, read_span

pytestmark = pytest.mark.slow
FROM, TO = datetime(2026, 11, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
HOUR, DAY, LENGTH = timedelta(hours=1), timedelta(days=1), timedelta(minutes=20)
PLAIN = datetime(2027, 1, 14, 19, 40, tzinfo=UTC)
ZONES = sorted(name for name in available_timezones() if times.is_zone(name))
LANGUAGES = ("en", "es")
EVERY_DAY = tuple(Hours(day, 0, 1440) for day in range(7))
HOME = "https://hh.example"
SHORT = "grip.harborhouse.example/r/" + "x" * 22
WRITER = Writer(
    Practice("Harbor House", "Harbor House", "+12075550142", "Call 988.", HOME, "hello@hh.example")
)


@dataclass(frozen=True)
class Change:
    """At this instant the zone's clocks go from one offset to another."""

    at: datetime
    before: timedelta
    after: timedelta


def offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


@cache
def changes(tz: str) -> tuple[Change, ...]:
    """Every change of the zone's clocks, found by looking at each half day."""
    zone, step, found, at = ZoneInfo(tz), DAY / 2, [], FROM
    while at < TO:
        if offset(at, zone) != offset(at + step, zone):
            low, high = at, at + step
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) // timedelta(minutes=2) * timedelta(minutes=1)
                is_before = offset(middle, zone) == offset(at, zone)
                low, high = (middle, high) if is_before else (low, middle)
            found.append(Change(high, offset(at, zone), offset(high, zone)))
        at += step
    return tuple(found)


def offered(
    tz: str, hours: tuple[Hours, ...], around: datetime, reach: timedelta
) -> list[datetime]:
    """What somebody with these hours offers around an instant."""
    who = Consultant(ConsultantId("c"), "Cleo", ZoneInfo(tz), hours, notice=timedelta(0))
    begin = around - reach
    return starts(Agenda(who), begin, around + reach, now=begin - DAY)


def wall_hours(start: datetime, end: datetime) -> tuple[Hours, ...]:
    """Open on the wall clock from `start` to `end` (naive), which may lie on two dates."""
    midnight = datetime.combine(start.date() + DAY, datetime.min.time())
    first = Hours(start.weekday(), minute(start), 1440 if end >= midnight else minute(end))
    if end <= midnight:
        return (first,)
    return (first, Hours(end.weekday(), 0, minute(end)))


def minute(wall: datetime) -> int:
    return wall.hour * 60 + wall.minute


def test_nothing_is_offered_in_an_hour_that_clocks_skip() -> None:
    for tz in ZONES:
        for change in changes(tz):
            if change.after > change.before:
                skipped = [
                    (change.at + at).replace(tzinfo=None) for at in (change.before, change.after)
                ]
                assert offered(tz, wall_hours(*skipped), change.at, DAY) == [], (tz, change)


def test_each_time_of_an_hour_that_comes_twice_is_offered_twice() -> None:
    for tz in ZONES:
        for change in changes(tz):
            if change.after < change.before:
                first, last = (
                    (change.at + at).replace(tzinfo=None) for at in (change.after, change.before)
                )
                found = offered(tz, wall_hours(first, last), change.at, DAY)
                walls = Counter(at.astimezone(ZoneInfo(tz)).replace(tzinfo=None) for at in found)
                grid = {wall for wall in walls if wall.minute % 20 == 0}
                minutes = int((last - first) / timedelta(minutes=1))
                assert set(walls) == grid, (tz, change)
                # The last of all would not fit in before the hours end.
                assert len(found) == 2 * len(grid) - (last.minute % 20 != 0), (tz, change)
                assert len(grid) >= minutes // 20, (tz, change)


def test_zones_of_one_name_have_one_clock() -> None:
    clocks: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    for tz in ZONES:
        clock = (offset(FROM, ZoneInfo(tz)), *changes(tz))
        for locale in LANGUAGES:
            for name in (times.zone_name(tz, PLAIN, locale), times.short(PLAIN, tz, locale)):
                clocks[to_gsm(name)].add(clock)
    assert [name for name, found in clocks.items() if len(found) > 1] == []


@cache
def telling(tz: str) -> list[datetime]:
    """A plain instant; and of each change those an hour before, just before, and at it.

    Ten minutes before, a call begins on one side and ends on the other: another's grid allows it.
    """
    found = [PLAIN]
    for change in changes(tz):
        near = offered(tz, EVERY_DAY, change.at, HOUR)
        middle = len(near) // 2
        found += [near[0], *near[middle - 1 : middle + 1], change.at - LENGTH / 2]
    return found


def call(at: datetime, tz: str, locale: str) -> Call:
    choice = Preferences(tz, locale, Consent(True, "1", "web form", at))
    return Call(
        consult=Consult(
            ConsultId("1"), PersonId("p"), ConsultantId("c"), at, Meeting.PHONE, choice
        ),
        given=Given("Rosa", "rosa@example.org", "+12075550176"),
        person="Rosa", email="rosa@example.org", phone="+12075550176", possible_duplicate=False,
        consultant="Maya Lindqvist", consultant_timezone=tz, join_url=None, note=None, nonce="n",
        booked_at=at - 9 * DAY,
    )  # fmt: skip


def told(at: datetime, tz: str, locale: str) -> dict[str, object]:
    """What notify's templates may say of this consult, two days before."""
    row = AppointmentRow(
        source="consult/1", person_id="p", revision=1, kind="consult", status="booked",
        starts_at=at, ends_at=at + LENGTH, venue_timezone=tz,
        details={
            "consultant": "Maya Lindqvist", "meeting": "phone", "manage_url": f"{HOME}/m/1",
            "rebook_url": HOME, "others": [{"starts_at": at.isoformat(), "manage_url": HOME}],
        },
    )  # fmt: skip
    to = facts.Addressee("Rosa", "rosa@example.org", "+12075550176", tz, locale)
    found = facts._consult_facts(row, to, lambda *_: facts._Link(lambda: SHORT), now=at - 2 * DAY)
    return {"name": "Rosa", "confirmed": False, **found}


def test_page_says_the_instant(app: Flask) -> None:
    ticket = app.jinja_env.from_string("{{ at | long_day(tz) }}|{{ span(at, end, tz) }}")
    for locale in LANGUAGES:
        with app.test_request_context(f"/booking/?lang={locale}"):
            filters = app.jinja_env.filters
            for tz in ZONES:
                for at in telling(tz):
                    ((day, choice),) = [
                        (each, each.first[0]) for each in wording.days([at], tz, now=at - 9 * DAY)
                    ]
                    shown = f"{day.name}, {choice.clock} {choice.half} {choice.offset}"
                    for words in (shown, choice.full, filters["full_time"](at, tz)):
                        assert read(words, tz, near=at) == at
                    on, span = ticket.render(at=at, end=at + LENGTH, tz=tz).split("|")
                    assert read_span(on, span, tz, near=at) == (at, at + LENGTH), span


@pytest.mark.parametrize("locale", LANGUAGES)
def test_reminders_say_the_instant(locale: str) -> None:
    for tz in ZONES:
        for ahead in range(3):
            at = (changes(tz)[0].at if changes(tz) else PLAIN) - ahead * HOUR / 3
            text = WRITER.sms(Purpose.CONSULT_REMINDER, locale, told(at, tz, locale))
            assert read(text, tz, near=at) == at, text
            assert count(text).segments <= 2, text


@pytest.mark.parametrize("locale", LANGUAGES)
def test_texts_and_emails_say_the_instant(locale: str) -> None:
    for tz in ZONES:
        for at in telling(tz):
            known = told(at, tz, locale)
            text = WRITER.sms(Purpose.CONSULT_BOOKED, locale, known)
            assert read(text, tz, near=at) == at, text
            assert count(text).segments <= 2, text
            email = WRITER.email(Purpose.CONSULT_BOOKED, locale, known)
            assert read(email.subject, tz, near=at) == at, email.subject
            lines = email.text.split("\n")
            assert read(lines[4], tz, near=at) == at, lines
            assert read_span(lines[4], lines[5], tz, near=at) == (at, at + LENGTH), lines
            assert all(f">{line}<" in email.html for line in lines[4:6])
            other = next(line for line in lines[12:] if line.startswith(lines[4]))
            assert read(other, tz, near=at) == at


def test_calendar_entries_are_the_instant() -> None:
    for at, tz in {at: zone for zone in ZONES for at in telling(zone)}.items():
        entry = calendar.Entry("consult/1", 1, "Call", at, at + LENGTH, "", HOME, cancelled=False)
        party = calendar.Party("Rosa", "rosa@example.org")
        sent = calendar.render(entry, organizer=party, attendee=party, base_url=HOME, now=at)
        saved = ics(call(at, tz, "en"), manage_url=HOME, now=at)
        for each in (sent.encode(), saved):
            (event,) = Calendar.from_ical(each).walk("VEVENT")
            assert [event.decoded(name) for name in ("DTSTART", "DTEND")] == [at, at + LENGTH]
            assert f"DTSTART:{at:%Y%m%dT%H%M%SZ}\r\n".encode() in each


@pytest.fixture
def app(sqlite_database: DatabaseFactory) -> Flask:
    return open_site(str(sqlite_database("booking").engine.url), PLAIN).app
