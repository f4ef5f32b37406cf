"""What staff see of today, of a week, and of what was: in order, in their zone, and findable."""

from datetime import date, timedelta

import pytest

from services.booking.domain.consult import Outcome
from services.booking.use_cases.record_outcome import record_outcome
from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.desk import book_here, look, sign_in
from tests.integration.booking.hearing import failed, hear, told
from tests.integration.booking.office import GRID, NOW, TEN, book, details, employ, load, wanted
from tests.integration.booking.site import open_site

DAY = timedelta(days=1)


@pytest.fixture
def site(any_database: DatabaseFactory) -> Service:
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    service = open_site(url, NOW)
    employ(service.database)
    return service


def at(site: Service, when: object) -> None:
    site.app.extensions["grip"].clock.set(when)


def test_today_shows_its_calls_in_order_with_how_to_reach_them(site: Service) -> None:
    book(site.database, wanted(TEN + GRID, 2))
    book(site.database, wanted(TEN, 1))
    book(site.database, wanted(TEN + DAY, 3))
    at(site, TEN - 2 * GRID)
    page = look(sign_in(site, "coordinator"), "/booking/staff/")
    day, to_come = page.split("To come")
    assert day.index("Rosa 1") < day.index("Rosa 2")
    assert 'href="tel:+12075550101"' in day
    assert "Rosa 3" not in day
    assert "Rosa 3" in to_come


def test_the_first_page_begins_with_what_needs_somebody(site: Service) -> None:
    over = book(site.database, wanted(TEN, 1))
    undecided = book(site.database, wanted(TEN + GRID, 3))
    unheard = book(site.database, wanted(TEN + 6 * GRID, 4))
    known = {"phone": details(4).phone}
    book(site.database, wanted(TEN + DAY, 5, **known))
    site.database.run(
        lambda s: record_outcome(
            s,
            load(s, undecided),
            Outcome.UNDECIDED,
            follow_up_on=date(2027, 1, 6),
            actor="staff:s1",
            now=TEN,
        )
    )
    hear(site.database, told(failed(unheard.consult_id)))
    at(site, TEN + 3 * GRID)
    page = look(sign_in(site, "coordinator"), "/booking/staff/")
    assert "Four things need you" in page
    order = [
        "A message did not reach Rosa 4",
        "What came of the call with Rosa 1?",
        "Decide about Rosa 3",
        "Perhaps the same person: ",
    ]
    found = [page.index(each) for each in order]
    assert found == sorted(found)
    assert over.consult_id in page
    consultant = look(sign_in(site, "consultant"), "/booking/staff/")
    assert "Perhaps the same person" not in consultant
    assert "Book a call for someone" not in consultant


def test_a_follow_up_waits_for_its_day(site: Service) -> None:
    call = book(site.database, wanted())
    site.database.run(
        lambda s: record_outcome(
            s,
            load(s, call),
            Outcome.UNDECIDED,
            follow_up_on=date(2027, 1, 20),
            actor="staff:s1",
            now=TEN,
        )
    )
    for day, words in ((19, "Nothing needs you"), (20, "to be decided today")):
        at(site, TEN.replace(day=day))
        assert words in look(sign_in(site, "coordinator"), "/booking/staff/")


def test_a_week_is_shown_by_day_with_the_weeks_beside_it(site: Service) -> None:
    book(site.database, wanted(TEN, 1))
    book(site.database, wanted(TEN + 7 * DAY, 2))
    client = sign_in(site, "consultant")
    page = look(client, "/booking/staff/week")
    assert "Monday, January 4 to Sunday, January 10" in page
    assert "Rosa 1" in page
    assert "Rosa 2" not in page
    assert "from=2026-12-28" in page
    later = look(client, "/booking/staff/week?from=2027-01-14")
    assert "Rosa 2" in later
    assert "Monday, January 11 to" in later
    for odd in ("", "x", "9999-99-99", "0001-01-01", "2027-02-30"):
        assert "January 4 to" in look(client, f"/booking/staff/week?from={odd}")


def test_pages_can_be_of_one_consultant_alone(site: Service) -> None:
    book(site.database, wanted(TEN, 1))
    tomas = employ(site.database, "Tomas Sampler")
    book(site.database, wanted(TEN, 2))
    at(site, TEN - GRID)
    client = sign_in(site, "coordinator")
    for path in ("/booking/staff/", "/booking/staff/week"):
        page = look(client, f"{path}?consultant={tomas}")
        assert "Rosa 2" in page
        assert "Rosa 1" not in page
        assert "Rosa 1" in look(client, f"{path}?consultant=nobody")


def test_a_person_is_found_by_email_by_phone_and_by_name(site: Service) -> None:
    for number in (1, 2):
        book_here(site, wanted(TEN + number * GRID, number))
    client = sign_in(site, "coordinator")
    for words in ("ROSA2@example.org", "(207) 555-0102", "+12075550102", "2 rosa"):
        page = look(client, f"/booking/staff/earlier?q={words.replace('+', '%2B')}")
        assert "Rosa 2" in page, words
        assert "Rosa 1" not in page, words
    for words in ("nobody@example.org", "207 555 0999", "Zoe"):
        assert "No calls found." in look(client, f"/booking/staff/earlier?q={words}")


def test_earlier_calls_are_those_that_are_over_latest_first(site: Service) -> None:
    for number in (1, 2, 3):
        book(site.database, wanted(TEN + number * GRID, number))
    at(site, TEN + 3 * GRID)
    page = look(sign_in(site, "consultant"), "/booking/staff/earlier")
    assert page.index("Rosa 2") < page.index("Rosa 1")
    assert "Rosa 3" not in page
    assert "Download" not in page
