"""One person's way through the practice, in a browser, in both ways that Grip runs."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from playwright.sync_api import Page

from tests.e2e import walk
from tests.e2e.outbox import kept, planned, wait_for_email, wall_clock_before
from tests.e2e.walk import ROSA, WREN
from tests.running.systems import Embedded, Separate, System


@pytest.mark.browser
@pytest.mark.slow
def test_a_person_walks_the_whole_way_in_one_process(page: Page, embedded: Embedded) -> None:
    whole_way(page, embedded)


@pytest.mark.browser
@pytest.mark.postgres
@pytest.mark.rabbitmq
@pytest.mark.slow
def test_a_person_walks_the_whole_way_across_separate_processes(
    page: Page, separate: Separate
) -> None:
    whole_way(page, separate)


def whole_way(page: Page, system: System) -> None:
    """Book; change one's mind; become an applicant; get a place in a cohort."""
    start, _ = walk.book(page, system, ROSA, nth=3)
    confirmed(page, system, start)
    changed_mind(page, system)
    walk.sign_in(page, system)
    walk.qualify(page, system, ROSA)
    walk.find_applicant(page, system, ROSA)
    walk.make_cohort(page, system, "Alder")
    walk.enroll(page, "Alder", ROSA)
    enrolled(page, system)
    page.goto(f"{system.url}/notify/outbox")
    assert "finds no queue" not in page.locator("main").inner_text()


def confirmed(page: Page, system: System, start: datetime) -> None:
    """The confirmation stands in the outbox, and the reminders wait for their times."""
    wait_for_email(page, system, ROSA.name, "Your call with")
    mine = kept(page, system, ROSA.name)
    assert len(mine.emails) == 1
    assert len(mine.texts) == 1
    assert "your call is" in mine.texts[0]
    assert "Reply C to confirm" in mine.texts[0]
    check_invitation(mine.calendars[0], method="REQUEST", start=start)
    check_reminders(page, system, ROSA.name, start)


def changed_mind(page: Page, system: System) -> None:
    """Another person moves the call, then cancels it: each time one message says so."""
    start, manage = walk.book(page, system, WREN, nth=5)
    wait_for_email(page, system, WREN.name, "Your call with")
    check_reminders(page, system, WREN.name, start)
    moved = walk.move(page, manage, nth=9)
    assert moved != start
    wait_for_email(page, system, WREN.name, "Your call is moved")
    check_reminders(page, system, WREN.name, moved)
    walk.cancel(page, manage)
    wait_for_email(page, system, WREN.name, "Your call is cancelled")
    assert planned(page, system, WREN.name) == []
    theirs = kept(page, system, WREN.name)
    assert len(theirs.emails) == 3
    assert len(theirs.texts) == 3
    methods = [str(calendar["METHOD"]) for calendar in theirs.calendars]
    assert methods == ["CANCEL", "REQUEST", "REQUEST"]
    events = [calendar.walk("VEVENT")[0] for calendar in theirs.calendars]
    assert len({str(event["UID"]) for event in events}) == 1
    assert [int(event["SEQUENCE"]) for event in events] == [2, 1, 0]


def enrolled(page: Page, system: System) -> None:
    """The message about the place, and reminders at the same time of day before each session."""
    wait_for_email(page, system, ROSA.name, "Your place with")
    mine = kept(page, system, ROSA.name)
    assert sum("your place is confirmed" in text for text in mine.texts) == 1
    zone = walk.zone_of(page)
    waiting = planned(page, system, ROSA.name)
    notes = [each for each in waiting if each.about == "Preparation notes"]
    assert len(notes) == 8
    for each in notes:
        at_venue = each.starts.astimezone(ZoneInfo("America/New_York"))
        assert at_venue.strftime("%A %H:%M") == "Wednesday 13:00"
        assert each.due == wall_clock_before(each.starts, 3, zone)
    texts = [each for each in waiting if each.channel == "Text"]
    assert len(texts) >= 8
    for each in texts:
        assert time(8) <= each.due.astimezone(ZoneInfo(zone)).time() <= time(21), each


def check_invitation(calendar: Calendar, *, method: str, start: datetime) -> None:
    """One calendar entry that a mail program takes for an invitation to this call."""
    assert str(calendar["METHOD"]) == method
    event: Any = calendar.walk("VEVENT")[0]
    assert event["DTSTART"].dt == start
    assert (event["DTEND"].dt - start).total_seconds() == 20 * 60
    assert "ORGANIZER" in event
    assert "ATTENDEE" in event


def check_reminders(page: Page, system: System, person: str, start: datetime) -> None:
    """One email the day before at the same time of day, one text while texts are allowed."""
    waiting = planned(page, system, person)
    assert {each.starts for each in waiting} == {start}
    zone = walk.zone_of(page)
    by_email = [each.due for each in waiting if each.channel == "Email"]
    assert by_email == [wall_clock_before(start, 1, zone)]
    for each in waiting:
        if each.channel == "Text":
            assert time(8) <= each.due.astimezone(ZoneInfo(zone)).time() <= time(21), each
            assert each.due < start
