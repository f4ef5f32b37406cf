"""The public pages: booking, keeping what was typed, moving, cancelling, and calm errors."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.office import GRID, NOW, TEN, book, employ, rows, wanted
from tests.integration.booking.site import open_site

START = "2027-01-06T15:00:00Z"
TYPED = {
    "start": START,
    "timezone": "America/Chicago",
    "name": "Rosa Samplewood",
    "email": "rosa@example.org",
    "phone": "207 555 0176",
    "meeting": "phone",
}


class Visitor:
    """A browser without script: follows links and sends the forms it was shown."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page = ""
        self.status = 0

    def get(self, path: str) -> str:
        return self._take(self.client.get(path, follow_redirects=True))

    def post(self, path: str, **fields: str) -> str:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        assert token is not None
        sent = {"csrf_token": token.group(1), **fields}
        return self._take(self.client.post(path, data=sent, follow_redirects=True))

    def hidden(self, name: str) -> str:
        found = re.search(f'name="{name}" value="([^"]*)"', self.page)
        assert found is not None
        return unescape(found.group(1))

    def details(self, start: str = START) -> str:
        return self.get(f"/booking/details?start={start}&tz=America/Chicago")

    def book(self, **changed: str) -> str:
        self.details(changed.get("start", START))
        return self.post("/booking/book", key=self.hidden("key"), **(TYPED | changed))

    def _take(self, response: Any) -> str:
        self.path = response.request.path
        self.status = response.status_code
        self.page = unescape(response.get_data(as_text=True))
        return self.page


@pytest.fixture
def site(sqlite_database: DatabaseFactory) -> Service:
    service = open_site(str(sqlite_database("booking").engine.url), NOW)
    employ(service.database)
    return service


@pytest.fixture
def visitor(site: Service) -> Visitor:
    return Visitor(site.app.test_client())


def test_times_are_listed_by_day_in_the_zone_asked_for(visitor: Visitor) -> None:
    page = visitor.get("/booking/?tz=America/Los_Angeles")
    assert "Times are in Pacific Time." in page
    assert "Tuesday, January 5" in page
    assert 'aria-label="Tuesday, January 5, 6:00 AM Pacific Time"' in page
    later = re.search(r'href="([^"]+from=[^"]+)"', page)
    assert later is not None
    assert "Friday, January 8" in visitor.get(later.group(1))


@pytest.mark.parametrize(
    "query", ["tz=Nowhere", "tz=%00", "from=2027-99-99", "from=9999-12-31", "from=0001-01-01"]
)
def test_a_wrong_query_shows_the_page_or_a_calm_refusal(visitor: Visitor, query: str) -> None:
    visitor.get(f"/booking/?{query}")
    assert visitor.status in (200, 400)


def test_a_booking_leads_to_its_own_page_and_back_again(visitor: Visitor) -> None:
    assert "Your time, not booked yet" in visitor.details()
    page = visitor.book(sms_consent="on")
    assert "You are booked, Rosa" in page
    assert "9:00 to 9:20 AM, Central Time" in page
    assert "rosa@example.org" in page
    assert "A reminder by email and text" in page
    assert visitor.path.startswith("/booking/m/")
    assert "You are booked, Rosa" in visitor.get(visitor.path)


def test_errors_keep_all_that_was_typed(visitor: Visitor, site: Service) -> None:
    page = visitor.book(phone="207 555 01", email="rosa", sms_consent="on", meeting="video")
    assert visitor.status == 422
    assert "<title>Error: Your details" in page
    assert "Two things to fix" in page
    for kept in ('value="Rosa Samplewood"', 'value="rosa"', 'value="207 555 01"', START):
        assert kept in page
    assert re.search(r'id="sms_consent"[^>]* checked', page)
    assert re.search(r'value="video" checked', page)
    with site.database.reading() as session:
        assert rows(session) == []


def test_a_time_just_taken_offers_three_near_it_and_keeps_the_form(
    visitor: Visitor, site: Service
) -> None:
    visitor.details()
    book(site.database, wanted(number=2))
    page = visitor.post("/booking/book", key="k", **TYPED)
    assert visitor.status == 409
    assert "That time was just taken" in page
    assert page.count('type="radio" id="start-') == 3
    assert 'value="Rosa Samplewood"' in page
    undecided = {name: value for name, value in TYPED.items() if name != "start"}
    page = visitor.post("/booking/book", key="k", gone=START, **undecided)
    assert page.count('type="radio" id="start-') == 3
    page = visitor.post("/booking/book", key="k", gone=START, **(TYPED | {"start": _at(1)}))
    assert "You are booked, Rosa" in page


def test_the_same_form_twice_is_one_booking(visitor: Visitor, site: Service) -> None:
    visitor.details()
    key = visitor.hidden("key")
    visitor.post("/booking/book", key=key, **TYPED)
    first = visitor.path
    visitor.details()
    visitor.get("/booking/")
    visitor.get(f"/booking/details?start={_at(3)}")
    visitor.post("/booking/book", key=key, **TYPED)
    assert visitor.path == first
    with site.database.reading() as session:
        assert len(rows(session)) == 1


def test_a_sent_form_with_other_words_asks_before_booking_twice(
    visitor: Visitor, site: Service
) -> None:
    visitor.details()
    key = visitor.hidden("key")
    visitor.post("/booking/book", key=key, **TYPED)
    visitor.get(f"/booking/details?start={_at(3)}")
    page = visitor.post("/booking/book", key=key, **(TYPED | {"start": _at(3)}))
    assert "This form has already booked a call" in page
    fresh = visitor.hidden("key")
    assert fresh != key
    visitor.post("/booking/book", key=fresh, **(TYPED | {"start": _at(3)}))
    assert "You are booked" in visitor.page
    with site.database.reading() as session:
        assert len(rows(session)) == 2


def test_the_filled_trap_books_nothing_and_says_so_kindly(visitor: Visitor, site: Service) -> None:
    page = visitor.book(website="http://spam.example")
    assert "We could not send this" in page
    assert 'value="Rosa Samplewood"' in page
    with site.database.reading() as session:
        assert rows(session) == []


def test_a_form_without_its_token_books_nothing(site: Service) -> None:
    answer = site.app.test_client().post("/booking/book", data=TYPED)
    assert answer.status_code == 400
    with site.database.reading() as session:
        assert rows(session) == []


def test_too_many_bookings_keep_the_form_and_say_when(sqlite_database: DatabaseFactory) -> None:
    service = open_site(str(sqlite_database("booking").engine.url), NOW, scale=1)
    employ(service.database)
    visitor = Visitor(service.app.test_client())
    for number in range(3):
        visitor.book(start=_at(number))
    page = visitor.book(start=_at(4))
    assert visitor.status == 429
    assert 'value="Rosa Samplewood"' in page


def test_a_call_is_moved_with_two_taps_and_keeps_its_link(visitor: Visitor, site: Service) -> None:
    visitor.book()
    mine = visitor.path
    page = visitor.get(f"{mine}/move")
    assert "Your call until you move it" in page
    page = visitor.post(f"{mine}/move", start=_at(1))
    assert "Your call is moved. It is now Wednesday, January 6, 9:20 AM Central Time." in page
    assert visitor.path == mine


def test_a_lost_move_says_that_the_call_stays(visitor: Visitor, site: Service) -> None:
    visitor.book()
    mine = visitor.path
    visitor.get(f"{mine}/move")
    book(site.database, wanted(TEN + GRID, 2))
    page = visitor.post(f"{mine}/move", start=_at(1))
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
    visitor.post(f"{mine}/move", start=_at(1))
    after = event()
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert str(after["SUMMARY"]) == "Call with Maya"
    assert after["DTEND"].dt - after["DTSTART"].dt == timedelta(minutes=20)


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


def test_pages_ask_nobody_else_and_name_no_clinical_word(visitor: Visitor) -> None:
    for page in (visitor.get("/booking/"), visitor.details(), visitor.book()):
        assert not re.search(r'(src|href)="https?://(?!www\.weather\.gov/)', page)
        title = re.search(r"<title>(.*?)</title>", page)
        assert title is not None
        assert not re.search(
            r"ketamine|therapy|trauma|group|medicine", title.group(1), re.IGNORECASE
        )
        assert "Exit this page" in page
        assert ">988</a>" in page


def _at(steps: int) -> str:
    return f"{TEN + steps * GRID:%Y-%m-%dT%H:%M:%SZ}"
