"""The page behind a manage link: what it shows, moving, cancelling, and the calendar file."""

import re
from datetime import timedelta
from typing import Any

from icalendar import Calendar

from shared.events import Contact, ContactUpdated, SmsConsent
from shared.service import Service
from tests.integration.booking.hearing import hear, told
from tests.integration.booking.office import GRID, NOW, TEN, book, rows, wanted
from tests.integration.booking.visitor import Visitor, at, site, visitor

__all__ = ["site", "visitor"]


def test_a_page_shows_only_what_its_own_booking_said(visitor: Visitor, site: Service) -> None:
    visitor.book()
    first = visitor.path
    page = visitor.book(start=at(3), name="Somebody", email="ROSA@example.org")
    assert "You are booked, Somebody" in page
    assert "ROSA@example.org" in page
    assert "Samplewood" not in page
    with site.database.reading() as session:
        person_id = rows(session)[0].person_id
        assert {row.person_id for row in rows(session)} == {person_id}
    changed = Contact(
        person_id=person_id,
        version=2,
        name="Renamed",
        email="new@example.org",
        phone="+12075550199",
        timezone="America/Chicago",
        locale="en",
        sms_consent=SmsConsent(granted=False),
    )
    hear(site.database, told(ContactUpdated(person_id=person_id, sequence=2, person=changed)))
    page = visitor.get(first)
    assert "You are booked, Rosa" in page
    assert not re.search("Renamed|new@|0199", page)


def test_a_call_is_moved_with_two_taps_and_keeps_its_link(visitor: Visitor, site: Service) -> None:
    visitor.book()
    mine = visitor.path
    page = visitor.get(f"{mine}/move")
    assert "Your call until you move it" in page
    page = visitor.post(f"{mine}/move", start=at(1))
    assert "Your call is moved. It is now Wednesday, January 6, 9:20 AM Central Time." in page
    assert visitor.path == mine


def test_a_lost_move_says_that_the_call_stays(visitor: Visitor, site: Service) -> None:
    visitor.book()
    mine = visitor.path
    visitor.get(f"{mine}/move")
    book(site.database, wanted(TEN + GRID, 2))
    page = visitor.post(f"{mine}/move", start=at(1))
    assert visitor.status == 409
    assert "That time was just taken. Your call on Wednesday at 9:00 AM stays as it was." in page
    assert "You are booked" in visitor.get(mine)


def test_reading_a_link_changes_nothing_and_the_button_cancels(
    visitor: Visitor, site: Service
) -> None:
    visitor.book()
    mine = visitor.path
    for path in (mine, f"{mine}/cancel", f"{mine}/move", f"{mine}/call.ics"):
        assert visitor.client.get(path).status_code == 200
        assert visitor.client.head(path).status_code == 200
    with site.database.reading() as session:
        assert rows(session)[0].revision == 1
    visitor.get(f"{mine}/cancel")
    page = visitor.post(f"{mine}/cancel")
    assert "Your call is cancelled" in page
    assert "Your call is cancelled" in visitor.get(f"{mine}/cancel")
    assert "Your call is cancelled" in visitor.get(f"{mine}/move")
    visitor.details()
    page = visitor.post(f"{mine}/move", start=at(1))
    assert (visitor.path, "Your call is cancelled" in page) == (mine, True)


def test_the_calendar_file_keeps_its_uid_and_raises_its_sequence(visitor: Visitor) -> None:
    visitor.book()
    mine = visitor.path

    def event() -> Any:
        answer = visitor.client.get(f"{mine}/call.ics")
        assert answer.content_type.startswith("text/calendar")
        assert answer.headers["Cache-Control"] == "no-store"
        calendar = Calendar.from_ical(answer.data)
        assert calendar["METHOD"] == "PUBLISH"
        return calendar.walk("VEVENT")[0]

    before = event()
    visitor.get(f"{mine}/move")
    visitor.post(f"{mine}/move", start=at(1))
    after = event()
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert str(after["SUMMARY"]) == "Call with Maya"
    assert after["DTSTAMP"].dt == NOW
    assert str(after["STATUS"]) == "CONFIRMED"
    assert set(after) == {
        *("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND"),
        *("SUMMARY", "STATUS", "CLASS", "URL"),
    }
    visitor.get(f"{mine}/cancel")
    visitor.post(f"{mine}/cancel")
    assert (event()["SEQUENCE"], str(event()["STATUS"])) == (2, "CANCELLED")
    assert after["DTEND"].dt - after["DTSTART"].dt == timedelta(minutes=20)


def test_a_move_without_a_time_asks_for_one(visitor: Visitor) -> None:
    visitor.book()
    mine = visitor.path
    visitor.get(f"{mine}/move")
    assert "Choose one of the times shown." in visitor.post(f"{mine}/move")
    assert visitor.path == f"{mine}/move"


def test_once_begun_a_call_can_no_longer_be_changed(visitor: Visitor, site: Service) -> None:
    visitor.book()
    mine = visitor.path
    visitor.get(f"{mine}/cancel")
    site.app.extensions["grip"].clock.set(TEN)
    page = visitor.post(f"{mine}/cancel")
    assert "Your call is now, Rosa" in page
    with site.database.reading() as session:
        assert rows(session)[0].status == "booked"


def test_an_unknown_link_is_a_kind_404(visitor: Visitor) -> None:
    page = visitor.get("/booking/m/nothing-here")
    assert visitor.status == 404
    assert "This link no longer works" in page
