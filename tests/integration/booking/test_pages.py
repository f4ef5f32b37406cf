"""The public pages: booking, keeping what was typed, and calm errors."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from services.booking.tables import ConsultantRow
from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.office import NOW, TEN, book, employ, rows, wanted
from tests.integration.booking.site import open_site
from tests.integration.booking.visitor import START, TYPED, Visitor, at, site, visitor

__all__ = ["site", "visitor"]


def test_times_are_listed_by_day_in_the_zone_asked_for(visitor: Visitor) -> None:
    page = visitor.get("/booking/?tz=America/Los_Angeles")
    assert "Times are in Pacific Time." in page
    assert "Tuesday, January 5" in page
    assert 'aria-label="Tuesday, January 5, 6:00 AM Pacific Time"' in page
    later = re.search(r'href="([^"]+from=[^"]+)"', page)
    assert later is not None
    assert "Friday, January 8" in visitor.get(later.group(1))


def test_days_are_paged_forth_and_back_to_where_it_began(visitor: Visitor) -> None:
    def days(page: str) -> list[str]:
        return re.findall(r"<legend>([^<]+)", page)

    def other(page: str, way: str) -> str | None:
        found = re.search(rf'rel="{way}" href="([^"]+)"', page)
        return found and found.group(1)

    pages = [visitor.get("/booking/?tz=America/Los_Angeles")]
    assert other(pages[0], "prev") is None
    while link := other(pages[-1], "next"):
        pages.append(visitor.get(link))
    shown = [day for page in pages for day in days(page)]
    assert len(shown) == len(set(shown)) > 40
    back = [pages[-1]]
    while link := other(back[-1], "prev"):
        back.append(visitor.get(link))
    assert days(back[-1])[0] == days(pages[0])[0]
    assert {day for page in back for day in days(page)} == set(shown)


def test_the_way_back_leads_to_the_day_with_the_time_still_chosen(visitor: Visitor) -> None:
    visitor.details(at(24 * 3 * 5))
    back = re.search(r'href="([^"]+)">Back to the times', visitor.page)
    assert back is not None
    page = visitor.get(back.group(1))
    assert page.index("Monday, January 11") == page.index("<legend>") + len("<legend>")
    assert re.search(rf'value="{at(24 * 3 * 5)}"[^>]* checked', page)


def test_going_on_without_a_time_asks_for_one(visitor: Visitor) -> None:
    page = visitor.get("/booking/details?tz=UTC")
    assert "Choose one of the times shown." in page
    assert "Choose a time to talk" in page


def test_search_engines_find_one_page_in_two_languages_and_nothing_personal(
    visitor: Visitor, site: Service
) -> None:
    home = "http://127.0.0.1:8000/booking/"
    for query, canonical in (("?tz=UTC&from=2027-01-11", home), ("?lang=es", f"{home}?lang=es")):
        page = visitor.get(f"/booking/{query}")
        assert f'<link rel="canonical" href="{canonical}">' in page
        assert f'<link rel="alternate" hreflang="es" href="{home}?lang=es">' in page
        assert re.search('<meta name="description" content="[^"]{50,160}">', page)
    rules = visitor.get("/robots.txt")
    hidden = set(re.findall(r"^Disallow: (\S+)$", rules, re.MULTILINE))
    assert {"/booking/m/", "/booking/staff/", "/cohort/", "/notify/", "/r/"} <= hidden
    assert visitor.client.get("/booking/").headers.get("X-Robots-Tag") is None


def test_looking_at_times_sets_no_cookie_and_the_form_sets_the_one_that_is_named(
    visitor: Visitor,
) -> None:
    assert "Set-Cookie" not in visitor.client.get("/booking/?lang=es&tz=UTC").headers
    (cookie,) = visitor.client.get(f"/booking/details?start={START}").headers.getlist("Set-Cookie")
    name, _, rest = cookie.partition("=")
    assert f"One cookie, named {name}." in visitor.get("/booking/privacy")
    assert "HttpOnly" in rest
    assert not re.search("expires|max-age", rest, re.IGNORECASE)


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
    page = visitor.post("/booking/book", key="k", gone=START, **(TYPED | {"start": at(1)}))
    assert "You are booked, Rosa" in page


def test_a_time_no_longer_offered_says_why_and_keeps_the_form(
    visitor: Visitor, site: Service
) -> None:
    visitor.details()
    site.app.extensions["grip"].clock.set(TEN - timedelta(hours=1))
    page = visitor.post("/booking/book", key="k", **TYPED)
    assert visitor.status == 422
    assert '<h2 id="taken">That time is too soon for us to prepare</h2>' in page
    assert page.count('type="radio" id="start-') == 3
    assert 'value="Rosa Samplewood"' in page
    later = re.search(r'id="start-1" name="start" value="([^"]+)"', page)
    assert later is not None
    page = visitor.post("/booking/book", key="k", **(TYPED | {"start": later.group(1)}))
    assert "You are booked, Rosa" in page


def test_with_no_other_time_the_page_says_whom_to_call(visitor: Visitor, site: Service) -> None:
    visitor.details()
    site.database.run(lambda s: s.execute(update(ConsultantRow).values(active=False)))
    page = visitor.post("/booking/book", key="k", **TYPED)
    assert visitor.status == 422
    assert "No other time is free just now." in page
    assert 'value="Rosa Samplewood"' in page


def test_the_same_form_twice_is_one_booking(visitor: Visitor, site: Service) -> None:
    visitor.details()
    key = visitor.hidden("key")
    visitor.post("/booking/book", key=key, **TYPED)
    first = visitor.path
    visitor.details()
    visitor.get("/booking/")
    visitor.get(f"/booking/details?start={at(3)}")
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
    visitor.get(f"/booking/details?start={at(3)}")
    page = visitor.post("/booking/book", key=key, **(TYPED | {"start": at(3)}))
    assert "This form has already booked a call" in page
    fresh = visitor.hidden("key")
    assert fresh != key
    visitor.post("/booking/book", key=fresh, **(TYPED | {"start": at(3)}))
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
        visitor.book(start=at(number))
    page = visitor.book(start=at(4))
    assert visitor.status == 429
    assert 'value="Rosa Samplewood"' in page


def test_pages_ask_nobody_else_and_name_no_clinical_word(visitor: Visitor) -> None:
    for page in (visitor.get("/booking/"), visitor.details(), visitor.book()):
        assert not re.search(
            r'(src|href)="https?://(?!www\.weather\.gov/|127\.0\.0\.1:8000/)', page
        )
        title = re.search(r"<title>(.*?)</title>", page)
        assert title is not None
        assert not re.search(
            r"ketamine|therapy|trauma|group|medicine", title.group(1), re.IGNORECASE
        )
        assert "Exit this page" in page
        assert ">988</a>" in page
