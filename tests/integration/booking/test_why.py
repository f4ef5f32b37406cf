"""Why isn't 10:00 offered? The rule and the facts, for every rule there is."""

import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from services.booking.domain.consultant import Opening
from services.booking.domain.ids import ConsultantId
from services.booking.domain.intervals import Span, minute_of
from services.booking.domain.slots import Reason
from services.booking.queries.why import answers
from services.booking.store.schedules import all_schedules
from services.booking.tables import ConsultantRow, ConsultCellRow, ConsultRow
from services.booking.use_cases.connect_calendar import connect_calendar
from services.booking.use_cases.override_days import override_days
from services.booking.use_cases.retire_consultant import retire_consultant
from services.booking.use_cases.set_staff_busy import set_staff_busy
from services.booking.web.staff.reasons import lasting
from shared.db.testing import counting
from shared.events import StaffBusyChanged
from shared.events.cohort import BusyTime
from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.front_desk import Desk, link
from tests.integration.booking.office import GRID, NOW, TEN, book, employ, wanted
from tests.integration.booking.site import open_site

WHY = "/booking/staff/why"
HOUR = timedelta(hours=1)


@pytest.fixture
def site(any_database: DatabaseFactory) -> Service:
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    return open_site(url, NOW)


def ask(
    site: Service, day: str = "2027-01-06", time: str = "10:00", who: str = "", tz: str = ""
) -> str:
    """The answers, as plain text."""
    desk = Desk(site, "coordinator")
    page = desk.get(f"{WHY}?{urlencode({'who': who, 'day': day, 'time': time, 'tz': tz})}")
    answered = page.partition("<form")[0].partition("<h1>")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", answered).split())


def change(site: Service, **columns: Any) -> None:
    """Set columns of every consultant."""

    def work(session: Any) -> None:
        for row in session.scalars(select(ConsultantRow)):
            for name, value in columns.items():
                setattr(row, name, value)

    site.database.run(work)


def test_the_question_stands_there_before_it_is_asked(site: Service) -> None:
    employ(site.database)
    desk = Desk(site, "consultant")
    page = desk.get(WHY)
    assert desk.status == 200
    assert "Which time" in page
    assert "Maya Lindqvist" in page
    assert 'role="alert"' not in page


def test_what_is_offered_is_said_to_be(site: Service) -> None:
    employ(site.database)
    said = ask(site)
    assert "Wednesday, January 6, 10:00 AM Eastern Time" in said
    assert "Offered Maya Lindqvist It is offered." in said


@pytest.mark.parametrize(
    ("day", "time", "says"),
    [
        ("2027-01-04", "09:00", "That time is past."),
        (
            "2027-01-04", "16:00",
            "12 hours ahead at least: not before Monday, January 4, 10:00 PM Eastern Time.",
        ),
        (
            "2027-03-08", "10:00",
            "60 days ahead at most: until Friday, March 5, 10:00 AM Eastern Time for now.",
        ),
        ("2027-01-06", "10:10", "Calls start every 20 minutes: on the hour, at 20 and at 40 past"),
        ("2027-01-09", "10:00", "There are no hours on Saturdays."),
        (
            "2027-01-06", "17:00",
            "on Wednesday, January 6 are 9 AM–5 PM in Eastern Time, as on every Wednesday.",
        ),
    ],
)  # fmt: skip
def test_the_rules_of_time_are_told_with_their_facts(
    site: Service, day: str, time: str, says: str
) -> None:
    employ(site.database)
    said = ask(site, day, time)
    assert says in said
    assert "Not offered" in said


def test_a_holiday_is_named(site: Service) -> None:
    employ(site.database)
    change(site, holiday_region="US")
    said = ask(site, "2027-01-18")
    assert "Monday, January 18 is Martin Luther King Jr. Day (US), when no calls are taken." in said


def test_an_override_is_told_apart_from_the_week(site: Service) -> None:
    maya = employ(site.database)
    for day, hours in ((6, ()), (7, (Opening(600, 720),))):
        site.database.run(
            lambda s, day=day, hours=hours: override_days(
                s, maya, [date(2027, 1, day)], hours=hours, actor="system", now=NOW
            )
        )
    assert "Wednesday, January 6 is set as a day off." in ask(site)
    said = ask(site, "2027-01-07", "13:00")
    assert "are 10 AM–12 PM in Eastern Time, as set for that date." in said


def test_a_call_in_the_way_is_told_with_its_pauses_and_a_link(site: Service) -> None:
    employ(site.database, buffer_before=5, buffer_after=10)
    booked = book(site.database, wanted())
    said = ask(site, time="10:20")
    assert "The call with Rosa 1 at 10:00 AM keeps 9:55 AM to 10:30 AM, pauses included." in said
    assert "Every call keeps pauses: 5 minutes before and 10 after." in said
    page = Desk(site, "coordinator").get(f"{WHY}?day=2027-01-06&time=10:20")
    assert f"/booking/staff/consults/{booked.consult_id}" in page
    assert "Rosa 1" in ask(site, time="9:40"), "its own pause would reach into that call"
    assert "It is offered." in ask(site, time="9:20")


def test_a_hold_in_the_way_is_told_until_it_is_over(site: Service) -> None:
    employ(site.database)
    booked = book(site.database, wanted())

    def hold(session: Any) -> None:
        row = session.get_one(ConsultRow, booked.consult_id)
        row.status, row.hold_kind = "held", "unconfirmed"
        row.hold_expires_at = NOW + timedelta(minutes=15)

    site.database.run(hold)
    assert "10:00 AM is held for Rosa 1 until 10:15 AM" in ask(site)
    site.app.extensions["grip"].clock.set(NOW + timedelta(minutes=15))
    assert "It is offered." in ask(site)


def test_a_full_day_is_told_with_its_numbers(site: Service) -> None:
    employ(site.database, daily_cap=2)
    for number in range(2):
        book(site.database, wanted(TEN + number * GRID, number))
    said = ask(site, time="15:00")
    assert "Wednesday, January 6 is full: 2 of 2 calls a day are taken." in said


def test_what_keeps_somebody_busy_is_told(site: Service) -> None:
    maya = employ(site.database)
    link(site, maya, "s2")
    busy = BusyTime(starts_at=TEN - HOUR / 2, ends_at=TEN + HOUR)
    event = StaffBusyChanged(sequence=1, staff_id="s2", busy=(busy,))
    site.database.run(lambda s: set_staff_busy(s, event))
    said = ask(site)
    assert (
        "A session takes them from Wed Jan 6, 9:30 AM Eastern to Wed Jan 6, 11:00 AM Eastern."
        in said
    )


def test_a_calendar_is_told_when_busy_and_when_unread(site: Service) -> None:
    from services.booking.store.calendars import claim_due
    from services.booking.use_cases.keep_calendar import keep_calendar, keep_trouble

    maya = ConsultantId(employ(site.database))
    site.database.run(
        lambda s: connect_calendar(s, maya, "https://example.org/secret", actor="system", now=NOW)
    )
    said = ask(site)
    assert "Their own calendar has not been read yet, so nothing is offered" in said

    def read(session: Any) -> None:
        claim = claim_due(session, now=NOW)
        assert claim is not None
        start = minute_of(TEN)
        keep_calendar(session, claim, [Span(start, start + 60)], now=NOW)

    site.database.run(read)
    assert (
        "Their own calendar says busy from Wed Jan 6, 10:00 AM Eastern to "
        "Wed Jan 6, 11:00 AM Eastern." in ask(site)
    )
    later = NOW + 3 * HOUR

    def fail(session: Any) -> None:
        claim = claim_due(session, now=later)
        assert claim is not None
        keep_trouble(session, claim, "It can't be reached.", now=later)

    site.database.run(fail)
    site.app.extensions["grip"].clock.set(later)
    said = ask(site)
    assert "was last read on Monday, January 4, 10:00 AM Eastern Time" in said
    assert "It can't be reached." in said
    assert "secret" not in Desk(site, "coordinator").get(f"{WHY}?day=2027-01-06&time=10:00")


def test_who_takes_no_calls_is_said_to_take_none(site: Service) -> None:
    maya = employ(site.database)
    site.database.run(lambda s: retire_consultant(s, maya, actor="system", now=NOW))
    assert "They take no calls any more." in ask(site, who=maya)
    assert "Nobody takes calls, so nothing is offered." in ask(site)


def test_minutes_that_the_book_keeps_against_the_rules_are_told(site: Service) -> None:
    """It should never happen; if it does, nobody must look for the reason in vain."""
    maya = employ(site.database)
    booked = book(site.database, wanted(TEN + 6 * GRID))

    def stray(session: Any) -> None:
        cell = ConsultCellRow(consultant_id=maya, cell_start=TEN, consult_id=booked.consult_id)
        session.add(cell)

    site.database.run(stray)
    said = ask(site)
    assert "Not offered" in said
    assert "the book still keeps these minutes" in said


def test_everyone_answers_for_themselves(site: Service) -> None:
    employ(site.database)
    tomas = employ(site.database, "Tomas")
    site.database.run(
        lambda s: override_days(s, tomas, [TEN.date()], hours=(), actor="system", now=NOW)
    )
    said = ask(site)
    assert "Offered Maya Lindqvist It is offered." in said
    assert "Not offered Tomas Wednesday, January 6 is set as a day off." in said
    assert "Maya" not in ask(site, who=tomas)


def test_the_time_is_by_the_consultants_clock_unless_another_is_chosen(site: Service) -> None:
    maya = employ(site.database)
    change(site, timezone="America/Los_Angeles")
    assert "Wednesday, January 6, 10:00 AM Pacific Time" in ask(site, who=maya)
    assert "Wednesday, January 6, 10:00 AM Eastern Time" in ask(site)
    said = ask(site, who=maya, tz="Europe/London", time="18:00")
    assert "Wednesday, January 6, 6:00 PM London Time" in said
    assert "It is offered." in said


def test_a_time_that_clocks_skip_does_not_exist(site: Service) -> None:
    employ(site.database)
    said = ask(site, "2027-03-14", "02:30")
    assert "That time does not exist" in said
    assert "On Sunday, March 14 the clocks in Eastern Time go forward, over 2:30 AM." in said


def test_a_time_that_comes_twice_is_answered_twice(site: Service) -> None:
    employ(site.database)
    said = ask(site, "2027-11-07", "01:20")
    assert "1:20 AM (UTC−4) Eastern Time This time comes twice that day. This is the first." in said
    assert "1:20 AM (UTC−5) Eastern Time This time comes twice that day. This is the second" in said


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"day": "", "time": "10:00"}, "Enter a date."),
        ({"day": "2027-02-30", "time": "10:00"}, "Enter a date."),
        ({"day": "9999-12-31", "time": "23:59"}, "Enter a date."),
        ({"day": "2027-01-06", "time": ""}, "Enter a time, such as 10:00."),
        ({"day": "2027-01-06", "time": "25:00"}, "Enter a time, such as 10:00."),
        ({"day": "2027-01-06", "time": "10:00", "who": "none"}, "Choose someone from the list."),
        ({"day": "2027-01-06", "time": "10:00", "tz": "Moon"}, "Choose a time zone"),
    ],
)
def test_a_question_that_is_not_clear_is_asked_again(
    site: Service, asked: dict[str, str], says: str
) -> None:
    desk = Desk(site, "coordinator")
    page = desk.get(f"{WHY}?{urlencode(asked)}")
    assert desk.status == 422
    assert says in page
    if asked["day"]:
        assert desk.value("day") == asked["day"]


def test_the_answers_take_a_constant_number_of_queries(site: Service) -> None:
    counts = []
    for number in range(3):
        employ(site.database, f"Number {number}")
        book(site.database, wanted(TEN, number))
        with counting(site.database) as asked, site.database.reading() as session:
            found = answers(session, all_schedules(session), TEN, now=NOW)
        assert [each.reason for each in found] == [Reason.TAKEN] * (number + 1)
        counts.append(len(asked))
    assert len(set(counts)) == 1
    assert counts[0] <= 10


@pytest.mark.parametrize(
    ("minutes", "says"),
    [(0, "0 minutes"), (60, "1 hour"), (90, "90 minutes"), (720, "12 hours"), (1440, "24 hours"),
     (2880, "2 days")],
)  # fmt: skip
def test_lengths_of_time_are_said_in_their_largest_unit(minutes: int, says: str) -> None:
    assert lasting(timedelta(minutes=minutes)) == says
