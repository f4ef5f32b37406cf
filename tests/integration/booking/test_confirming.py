"""What is suspected is held until its person opens our email and presses the button there."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from services.booking.domain.consult import Status
from services.booking.domain.suspicion import HELD_FOR
from services.booking.queries.availability import offered
from services.booking.tables import ConsultRow
from services.booking.use_cases.lapse_holds import lapse_holds
from shared.events import ConsultBooked, NoticeRequested
from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.office import (
    GRID,
    NOW,
    TEN,
    book,
    cells,
    employ,
    published,
    rows,
    wanted,
)
from tests.integration.booking.site import open_site
from tests.integration.booking.visitor import TYPED, Visitor, at

URL = "/booking/api/v1/consults"
MOMENT = timedelta(seconds=1)


@pytest.fixture
def site(any_database: DatabaseFactory) -> Service:
    """A watchful site; whoever sends a form without its stamp is suspected."""
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    service = open_site(url, NOW, spam_check="on")
    employ(service.database)
    return service


@pytest.fixture
def visitor(site: Service) -> Visitor:
    return Visitor(site.app.test_client())


def wait(site: Service, delta: timedelta) -> None:
    site.app.extensions["grip"].clock.advance(delta)


def events_of(site: Service) -> list[Any]:
    with site.database.reading() as session:
        return [each.event for each in published(session)]


def the_row(site: Service) -> ConsultRow:
    with site.database.reading() as session:
        (row,) = rows(session)
        session.expunge_all()
        return row


def emailed(site: Service) -> str:
    """The path of the link in the newest email that asks to confirm."""
    asked = [each for each in events_of(site) if isinstance(each, NoticeRequested)]
    return str(asked[-1].url).removeprefix("http://127.0.0.1:8000")


def fill_cells(site: Service) -> None:
    """Let unconfirmed bookings keep all that they may."""
    for number in range(11):
        start = TEN + timedelta(days=7) + number * GRID
        book(site.database, wanted(start, 50 + number), now=NOW)


def test_a_form_that_a_person_filled_in_is_booked_at_once(visitor: Visitor, site: Service) -> None:
    visitor.details()
    shown, key = visitor.hidden("shown"), visitor.hidden("key")
    wait(site, timedelta(seconds=2))
    page = visitor.post("/booking/book", key=key, shown=shown, **TYPED)
    assert "You are booked, Rosa" in page
    assert [type(each) for each in events_of(site)] == [ConsultBooked]


def test_the_time_of_the_first_look_survives_errors(visitor: Visitor, site: Service) -> None:
    visitor.details()
    first, key = visitor.hidden("shown"), visitor.hidden("key")
    wait(site, timedelta(seconds=2))
    visitor.post("/booking/book", key=key, shown=first, **(TYPED | {"phone": "1"}))
    assert visitor.status == 422
    assert visitor.hidden("shown") == first
    page = visitor.post("/booking/book", key=key, shown=first, **TYPED)
    assert "You are booked, Rosa" in page


@pytest.mark.parametrize("shown", ["fresh", "", "another form's", "1.forged"])
def test_a_hurried_or_unstamped_form_is_held(visitor: Visitor, site: Service, shown: str) -> None:
    visitor.details()
    stamps = {"fresh": visitor.hidden("shown"), "another form's": visitor.hidden("shown")}
    key = "another" if shown == "another form's" else visitor.hidden("key")
    wait(site, MOMENT if shown == "fresh" else timedelta(hours=1))
    page = visitor.post("/booking/book", key=key, shown=stamps.get(shown, shown), **TYPED)
    assert visitor.path.startswith("/booking/m/")
    assert "One more step, Rosa" in page
    assert the_row(site).status == Status.HELD


def test_held_is_told_to_nobody_but_the_person_and_says_so(visitor: Visitor, site: Service) -> None:
    page = visitor.book()
    assert "Open the email we have just sent to rosa@example.org, and confirm" in page
    assert "It is held for you until 9:15 AM." in page
    for word in ("You are booked", "Add to my calendar", "Move to another time"):
        assert word not in page
    (asked,) = events_of(site)
    assert isinstance(asked, NoticeRequested)
    assert asked.recipient is not None
    assert asked.recipient.email == "rosa@example.org"
    assert (asked.template, asked.starts_at) == ("consult_unconfirmed", TEN)
    assert asked.expires_at == NOW + HELD_FOR
    assert visitor.get(f"{visitor.path}/call.ics").count("One more step")
    row = the_row(site)
    assert (row.status, row.occupies, row.revision) == (Status.HELD, True, 1)


def test_a_held_time_is_not_offered_and_comes_back_by_itself(
    visitor: Visitor, site: Service
) -> None:
    visitor.book()
    mine = visitor.path
    with site.database.reading() as session:
        assert TEN not in offered(session, TEN, TEN + GRID, now=NOW)
        assert TEN in offered(session, TEN, TEN + GRID, now=NOW + HELD_FOR)
    wait(site, HELD_FOR)
    assert "This time is no longer held" in visitor.get(mine)
    site.database.run(lambda s: lapse_holds(s, now=NOW + HELD_FOR))
    page = visitor.get(mine)
    assert "This time is no longer held" in page
    assert "Choose another time" in page
    assert visitor.client.get(f"{URL}/{mine.rpartition('/')[2]}").get_json()["status"] == "lapsed"
    book(site.database, wanted(number=2), now=NOW + HELD_FOR)


def test_opening_the_link_changes_nothing_and_the_button_books_once(
    visitor: Visitor, site: Service
) -> None:
    visitor.book()
    mine, link = visitor.path, emailed(site)
    for read in (visitor.client.get, visitor.client.head, visitor.client.options):
        assert read(link).status_code == 200
    assert the_row(site).status == Status.HELD
    wait(site, HELD_FOR - MOMENT)
    page = visitor.get(link)
    assert "Nothing is booked yet. Press the button to book this call." in page
    assert "You are booked, Rosa" in visitor.post(link)
    assert visitor.path == mine
    row = the_row(site)
    assert (row.status, row.revision, row.hold_expires_at) == (Status.BOOKED, 1, None)
    visitor.details(at(5))
    assert "You are booked, Rosa" in visitor.post(link)
    assert "You are booked, Rosa" in visitor.get(link)
    told = [each for each in events_of(site) if isinstance(each, ConsultBooked)]
    assert [(each.revision, each.starts_at, each.status) for each in told] == [(1, TEN, "booked")]
    assert told[0].manage_url == f"http://127.0.0.1:8000{mine}"


def test_the_button_pressed_by_many_at_once_books_once(visitor: Visitor, site: Service) -> None:
    visitor.book()
    link = emailed(site)
    visitors = [Visitor(site.app.test_client()) for _ in range(8)]
    for each in visitors:
        each.get(link)
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda each: each.post(link), visitors))
    assert all("You are booked, Rosa" in page for page in got)
    assert [type(each) for each in events_of(site)].count(ConsultBooked) == 1


def test_too_late_the_button_books_nothing(visitor: Visitor, site: Service) -> None:
    visitor.book()
    link = emailed(site)
    visitor.get(link)
    wait(site, HELD_FOR)
    page = visitor.post(link)
    assert "This time is no longer held" in page
    assert "This time is no longer held" in visitor.get(link)
    assert [type(each) for each in events_of(site)] == [NoticeRequested]


def test_a_held_call_can_not_be_moved_and_is_let_go_by_cancelling(
    visitor: Visitor, site: Service
) -> None:
    visitor.book()
    mine = visitor.path
    token = mine.rpartition("/")[2]
    moved = visitor.client.post(f"{URL}/{token}/reschedule", json={"start": at(2)})
    assert (moved.status_code, moved.get_json()["type"]) == (409, "not-changeable")
    for _ in range(2):
        gone = visitor.client.post(f"{URL}/{token}/cancel")
        assert (gone.status_code, gone.get_json()["status"]) == (200, "lapsed")
    row = the_row(site)
    assert (row.status, row.occupies) == (Status.LAPSED, False)
    with site.database.reading() as session:
        assert cells(session, row.id) == 0
    assert [type(each) for each in events_of(site)] == [NoticeRequested]


def test_above_one_percent_a_hold_takes_no_minutes_and_says_nothing_else(
    visitor: Visitor, site: Service
) -> None:
    fill_cells(site)
    page = visitor.book()
    assert "You can confirm it until 9:15 AM." in page
    assert "held for you" not in page
    with site.database.reading() as session:
        assert offered(session, TEN, TEN + GRID, now=NOW) == [TEN]
    page = visitor.get(emailed(site))
    assert "held for you" not in page
    assert "You are booked, Rosa" in visitor.post(visitor.path)
    with site.database.reading() as session:
        assert offered(session, TEN, TEN + GRID, now=NOW) == []
        mine = next(row for row in rows(session) if row.starts_at == TEN)
        assert cells(session, mine.id) == 4


def test_a_time_taken_meanwhile_is_offered_again_near_it_and_booked_in_one_press(
    visitor: Visitor, site: Service
) -> None:
    fill_cells(site)
    visitor.book()
    mine, link = visitor.path, emailed(site)
    book(site.database, wanted(number=2))
    visitor.get(link)
    page = visitor.post(link)
    assert visitor.status == 409
    assert "That time was just taken" in page
    assert page.count('type="radio" id="start-') == 3
    near = re.search(r'id="start-2" name="start" value="([^"]+)"', page)
    assert near is not None
    assert "You are booked, Rosa" in visitor.post(link, start=near[1])
    assert visitor.path == mine
    told = [each for each in events_of(site) if isinstance(each, ConsultBooked)]
    assert f"{told[-1].starts_at:%Y-%m-%dT%H:%M:%SZ}" == near[1]
    assert told[-1].revision == 1


def test_with_several_consultants_the_next_free_one_takes_it(
    visitor: Visitor, site: Service
) -> None:
    fill_cells(site)
    employ(site.database, "Ben Okafor")
    visitor.book()
    book(site.database, wanted(number=2))
    visitor.get(emailed(site))
    assert "You are booked, Rosa" in visitor.post(visitor.path)


def test_a_wrong_link_is_a_kind_404_and_guesses_are_counted(any_database: DatabaseFactory) -> None:
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    service = open_site(url, NOW, scale=1)
    visitor = Visitor(service.app.test_client())
    page = visitor.get("/booking/confirm/nothing-here")
    assert (visitor.status, "This link no longer works" in page) == (404, True)
    got = {visitor.client.get(f"/booking/confirm/x{n}").status_code for n in range(25)}
    assert got == {404, 429}


def test_a_manage_link_confirms_nothing(visitor: Visitor, site: Service) -> None:
    visitor.book()
    token = visitor.path.rpartition("/")[2]
    assert visitor.client.get(f"/booking/confirm/{token}").status_code == 404
    assert emailed(site).rpartition("/")[2] not in visitor.page


BODY = {name: value for name, value in TYPED.items() if name != "key"}


def answer_of(site: Service, number: int, **more: Any) -> Any:
    body = BODY | {"start": at(number), "email": f"r{number}@example.org"}
    body |= {"phone": f"+1207555{100 + number:04d}"} | more
    headers = {"Idempotency-Key": f"key-{number}"}
    return site.app.test_client().post(URL, json=body, headers=headers)


def test_the_api_says_whether_it_is_booked_or_held_and_the_same_again(
    any_database: DatabaseFactory,
) -> None:
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    site = open_site(url, NOW, scale=2, spam_check="on")
    employ(site.database)
    statuses, held = [], None
    for number in range(12):
        wait(site, timedelta(seconds=30))
        answer = answer_of(site, number)
        assert answer.status_code == 201
        statuses.append(answer.get_json()["status"])
        if statuses[-1] == "held":
            held = answer.get_json()
    assert statuses == ["booked"] * 10 + ["held"] * 2
    assert held is not None
    assert held["held_until"] == "2027-01-04T15:21:00Z"
    assert answer_of(site, 0).get_json()["held_until"] is None
    wait(site, timedelta(minutes=1))
    assert answer_of(site, 11).get_json() == held
    visitor = Visitor(site.app.test_client())
    visitor.get(emailed(site))
    visitor.post(emailed(site))
    wait(site, timedelta(minutes=1))
    assert answer_of(site, 11).get_json() == held
    mine = f"{URL}/{held['manage_url'].rpartition('/')[2]}"
    known = visitor.client.get(mine).get_json()
    assert (known["status"], known["held_until"]) == ("booked", None)


def test_three_a_minute_from_one_address_are_all_booked_by_default(
    any_database: DatabaseFactory,
) -> None:
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    site = open_site(url, NOW, scale=1, spam_check="on")
    employ(site.database)
    got = [answer_of(site, number) for number in range(4)]
    assert [each.status_code for each in got] == [201, 201, 201, 429]
    assert {each.get_json()["status"] for each in got[:3]} == {"booked"}
    assert int(got[3].headers["Retry-After"]) > 0


@pytest.mark.parametrize("same", ["email", "phone"])
def test_submissions_of_one_contact_are_held_after_three_and_refused_after_ten(
    any_database: DatabaseFactory, same: str
) -> None:
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    site = open_site(url, NOW, scale=1, spam_check="on")
    employ(site.database)
    email = {"email": "Rosa@example.org", "phone": "+12075550199"}
    got = []
    for number in range(11):
        wait(site, timedelta(minutes=11))
        got.append(answer_of(site, number, **{same: email[same]}))
    assert [each.status_code for each in got] == [201] * 10 + [429]
    assert [each.get_json()["status"] for each in got[:10]] == ["booked"] * 3 + ["held"] * 7
    assert int(got[10].headers["Retry-After"]) > 3600
    visitor = Visitor(site.app.test_client())
    page = visitor.book(start=at(20), **{same: email[same]})
    assert visitor.status == 429
    assert "we take no more with it until tomorrow" in page
    assert 'value="Rosa Samplewood"' in page
    wait(site, timedelta(hours=13))
    assert answer_of(site, 19, **{same: email[same]}).get_json()["status"] == "booked"


def test_with_the_check_off_nobody_is_suspected(visitor: Visitor, site: Service) -> None:
    url = site.database.engine.url.render_as_string(hide_password=False)
    trusting = open_site(url, NOW, scale=1)
    for number in range(12):
        wait(trusting, timedelta(seconds=30))
        assert answer_of(trusting, number).get_json()["status"] == "booked"


def test_many_held_at_once_keep_less_than_one_percent(site: Service) -> None:
    with site.database.reading() as session:
        before = len(offered(session, NOW, NOW + timedelta(days=61), now=NOW))

    def post(number: int) -> str:
        visitor = Visitor(site.app.test_client())
        start = f"{TEN + timedelta(days=7 * (number // 20)) + number % 20 * GRID:%FT%TZ}"
        visitor.book(
            start=start, email=f"r{number}@example.org", phone=f"207 555 {100 + number:04d}"
        )
        return visitor.page

    with ThreadPoolExecutor(16) as pool:
        pages = list(pool.map(post, range(60)))
    assert all("One more step" in page for page in pages)
    with site.database.reading() as session:
        left = len(offered(session, NOW, NOW + timedelta(days=61), now=NOW))
        held = [row.occupies for row in rows(session)]
    assert 0 < before - left == sum(held) < 0.01 * before
    assert len(held) == 60
