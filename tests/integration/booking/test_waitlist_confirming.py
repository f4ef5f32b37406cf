"""A program gets no time by way of the waitlist: what is suspected waits for its person first."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from services.booking.domain.suspicion import FILL_TIME
from services.booking.domain.waitlist import ASKED_FOR
from services.booking.tables import ConsultRow, WaitlistEntryRow
from shared.events import NoticeRequested
from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.desk import sign_in
from tests.integration.booking.office import NOW, employ, published
from tests.integration.booking.site import open_site
from tests.integration.booking.test_spanish_pages import english_in
from tests.integration.booking.test_waitlist_pages import FORM, TYPED, entries, step
from tests.integration.booking.visitor import Visitor
from tests.integration.booking.waiting import announced, free, standing

BASE = "http://127.0.0.1:8000"
MINUTE = timedelta(minutes=1)
ASKED, WAITS, HELD = ({"Rosa Samplewood": each} for each in ("asked", "waiting", "offered"))


@pytest.fixture
def site(any_database: DatabaseFactory) -> Service:
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    service = open_site(url, NOW, spam_check="on")
    employ(service.database)
    return service


@pytest.fixture
def visitor(site: Service) -> Visitor:
    return Visitor(site.app.test_client())


def wait(site: Service, delta: timedelta) -> None:
    site.app.extensions["grip"].clock.advance(delta)


def send(visitor: Visitor, site: Service, *, after: timedelta = FILL_TIME, **changed: str) -> str:
    """Open the form, and send it after so long."""
    visitor.get(FORM)
    names = ("csrf_token", "key", "shown")
    sent = MultiDict({name: visitor.hidden(name) for name in names} | TYPED | changed)
    for part in ("2-morning", "3-morning"):
        sent.add("window", part)
    wait(site, after)
    return visitor._take(visitor.client.post(FORM, data=sent, follow_redirects=True))


def hurry(visitor: Visitor, site: Service, **changed: str) -> str:
    return send(visitor, site, after=timedelta(0), **changed)


def notices(site: Service) -> list[NoticeRequested]:
    with site.database.reading() as session:
        facts = [each.event for each in published(session)]
    return [fact for fact in facts if isinstance(fact, NoticeRequested)]


def emailed(site: Service) -> str:
    """The path of the link in the newest email."""
    return str(notices(site)[-1].url).removeprefix(BASE)


def held(site: Service) -> int:
    """How many times are kept from the public."""
    with site.database.reading() as session:
        query = select(func.count()).select_from(ConsultRow).where(ConsultRow.occupies)
        return session.scalar(query) or 0


def test_who_takes_the_time_that_a_form_needs_waits_at_once(
    visitor: Visitor, site: Service
) -> None:
    page = send(visitor, site)
    assert "You are on the list, Rosa" in page
    assert standing(site.database) == WAITS
    assert [each.template for each in notices(site)] == ["waitlist_joined"]
    step(site)
    assert standing(site.database) == HELD


@pytest.mark.parametrize("shown", [None, "", "1.forged"])
def test_a_hurried_join_is_only_asked_and_offered_nothing(
    visitor: Visitor, site: Service, shown: str | None
) -> None:
    page = hurry(visitor, site, **({} if shown is None else {"shown": shown}))
    assert "One more step, Rosa" in page
    assert "Open the link in the email we have just sent to rosa@example.org" in page
    assert "You are on the list" not in page
    (notice,) = notices(site)
    assert (notice.template, notice.expires_at) == ("waitlist_unconfirmed", NOW + ASKED_FOR)
    assert notice.recipient is not None
    assert notice.recipient.email == "rosa@example.org"
    step(site)
    assert (standing(site.database), announced(site.database), held(site)) == (ASKED, [], 0)


def test_the_emailed_link_leads_to_a_button_that_puts_them_on_the_list_once(
    visitor: Visitor, site: Service
) -> None:
    hurry(visitor, site)
    place, link = visitor.path, emailed(site)
    wait(site, MINUTE)
    for _ in range(2):
        visitor.client.head(link)
        page = visitor.get(link)
        assert visitor.path == link
        assert standing(site.database) == ASKED
    assert "Yes, put me on the list" in page
    for _ in range(2):
        page = visitor.post(link)
        assert visitor.path == place
        assert "You are on the list, Rosa" in page
    (row,) = entries(site)
    assert (row.status, row.joined_at) == ("waiting", NOW + MINUTE)
    step(site)
    assert standing(site.database) == HELD
    wait(site, MINUTE)
    visitor.post(link)
    assert standing(site.database) == HELD
    assert [row.joined_at for row in entries(site)] == [NOW + MINUTE]
    assert "A time is held for you" in visitor.get(link)
    assert (visitor.path, len(announced(site.database))) == (place, 1)
    assert len(notices(site)) == 1


def test_the_place_counts_from_the_confirmation(visitor: Visitor, site: Service) -> None:
    hurry(visitor, site)
    link = emailed(site)
    wait(site, MINUTE)
    send(visitor, site, name="Omar", email="omar@example.org", phone="207 555 0143")
    wait(site, MINUTE)
    visitor.get(link)
    visitor.post(link)
    assert list(standing(site.database)) == ["Omar", "Rosa Samplewood"]


def test_the_page_that_the_sender_sees_confirms_nothing(visitor: Visitor, site: Service) -> None:
    page = hurry(visitor, site)
    place = visitor.path
    token = place.rpartition("/")[2]
    secret = emailed(site).rpartition("/")[2]
    assert token != secret
    assert secret not in page
    assert "put me on the list" not in page
    assert visitor.client.get(f"/booking/waitlist/confirm/{token}").status_code == 404
    visitor.get(FORM)
    visitor.post(f"/booking/waitlist/confirm/{token}")
    assert visitor.status == 404
    visitor.get(FORM)
    visitor.post(place)
    assert visitor.status == 405
    assert site.app.test_client().post(emailed(site)).status_code == 400  # no csrf token
    assert standing(site.database) == ASKED


def test_the_emailed_link_alone_shows_no_place(visitor: Visitor, site: Service) -> None:
    hurry(visitor, site)
    secret = emailed(site).rpartition("/")[2]
    assert visitor.client.get(f"/booking/waitlist/{secret}").status_code == 404


def test_what_nobody_confirms_within_a_day_ends(visitor: Visitor, site: Service) -> None:
    hurry(visitor, site)
    place, link = visitor.path, emailed(site)
    visitor.get(link)
    wait(site, ASKED_FOR - MINUTE)
    step(site)
    assert standing(site.database) == ASKED
    wait(site, MINUTE)
    for _ in range(2):
        assert "Your place on the list has ended" in visitor.get(link)
        assert visitor.path == place
        visitor.get(FORM)
        assert "Your place on the list has ended" in visitor.post(link)
        step(site)
        assert standing(site.database) == {"Rosa Samplewood": "ended"}


def test_who_asks_again_after_a_day_gets_a_new_link(visitor: Visitor, site: Service) -> None:
    hurry(visitor, site)
    first = emailed(site)
    wait(site, ASKED_FOR)
    hurry(visitor, site)
    assert sorted(row.status for row in entries(site)) == ["asked", "ended"]
    assert emailed(site) != first
    visitor.get(emailed(site))
    assert "You are on the list, Rosa" in visitor.post(emailed(site))


def test_asking_the_same_twice_is_one_place_and_a_calm_form_is_enough(
    visitor: Visitor, site: Service
) -> None:
    for _ in range(2):
        hurry(visitor, site)
    assert len(notices(site)) == 1
    wait(site, MINUTE)
    hurry(visitor, site, weeks="8")
    assert len(notices(site)) == 2
    assert notices(site)[0].url != notices(site)[1].url
    assert notices(site)[1].expires_at == NOW + MINUTE + ASKED_FOR
    page = send(visitor, site, weeks="8")
    assert "You are on the list, Rosa" in page
    assert notices(site)[-1].template == "waitlist_joined"
    assert sorted(row.status for row in entries(site)) == ["asked", "asked", "waiting"]


@pytest.mark.parametrize("after", [timedelta(0), FILL_TIME], ids=["hurried", "calm"])
def test_a_strangers_form_neither_shows_nor_changes_the_place_of_somebody_who_waits(
    visitor: Visitor, site: Service, after: timedelta
) -> None:
    send(visitor, site)
    place = visitor.path
    stranger = Visitor(site.app.test_client())
    seen = send(stranger, site, after=after, name="Somebody Else", weeks="8")
    assert stranger.path != place
    assert "You are on the list" not in seen
    assert "Tuesday" not in seen or "One more step" in seen
    mine = min(entries(site), key=lambda row: row.joined_at)
    assert (mine.status, mine.given["name"]) == ("waiting", "Rosa Samplewood")
    assert "You are on the list, Rosa" in visitor.get(place)


def test_new_wishes_that_are_confirmed_by_email_keep_the_place(
    visitor: Visitor, site: Service
) -> None:
    send(visitor, site)
    place = visitor.path
    send(visitor, site, weeks="8")
    link = emailed(site)
    visitor.get(link)
    assert "You are on the list, Rosa" in visitor.post(link)
    assert visitor.path == place
    mine = min(entries(site), key=lambda row: row.joined_at)
    assert (mine.status, mine.until) == ("waiting", date(2027, 3, 1))
    assert sorted(row.status for row in entries(site)) == ["left", "waiting"]


def test_leaving_takes_back_what_was_asked(visitor: Visitor, site: Service) -> None:
    hurry(visitor, site)
    place, link = visitor.path, emailed(site)
    visitor.get(FORM)
    visitor.post(f"{place}/leave")
    visitor.get(FORM)
    assert "You are off the list" in visitor.post(link)
    assert standing(site.database) == {"Rosa Samplewood": "left"}


def test_with_the_check_off_nobody_is_only_asked(any_database: DatabaseFactory) -> None:
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    trusting = open_site(url, NOW)
    hurry(Visitor(trusting.app.test_client()), trusting)
    assert standing(trusting.database) == WAITS


def test_joins_of_one_contact_are_only_asked_after_three(any_database: DatabaseFactory) -> None:
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    site = open_site(url, NOW, scale=1, spam_check="on")
    employ(site.database)
    visitor = Visitor(site.app.test_client())
    for number in range(5):
        wait(site, timedelta(minutes=11))
        send(visitor, site, phone=f"207 555 01{number:02d}")
    order = sorted(entries(site), key=lambda row: row.given["phone"])
    assert [row.status for row in order] == ["waiting"] * 3 + ["asked"] * 2


def test_a_flood_of_joins_holds_less_than_a_hundredth_and_a_person_gets_through(
    any_database: DatabaseFactory,
) -> None:
    """Each is patient, stamped and from an address of its own: only their number is suspect."""
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    site = open_site(url, NOW, scale=1, spam_check="on")
    employ(site.database)
    before = len(free(site.database))
    visitors = []
    for number in range(40):
        visitor = Visitor(site.app.test_client())
        visitor.client.environ_base["REMOTE_ADDR"] = f"198.51.{number}.7"
        visitor.get(FORM)
        visitors.append(visitor)
    wait(site, FILL_TIME)

    def post(number: int) -> str:
        names = ("csrf_token", "key", "shown")
        form = {name: visitors[number].hidden(name) for name in names}
        who = {"email": f"r{number}@example.org", "phone": f"207 555 {100 + number:04d}"}
        sent = MultiDict(form | TYPED | who | {"window": "2-morning"})
        answer = visitors[number].client.post(FORM, data=sent, follow_redirects=True)
        return answer.get_data(as_text=True)

    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(post, range(40)))
    assert sum("You are on the list" in page for page in pages) < 0.01 * before
    step(site)
    assert held(site) < 0.01 * before
    person = Visitor(site.app.test_client())
    person.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    assert "One more step, Rosa" in send(person, site)
    link = emailed(site)
    person.get(link)
    assert "You are on the list, Rosa" in person.post(link)


def test_staff_see_who_has_not_confirmed_last(visitor: Visitor, site: Service) -> None:
    hurry(visitor, site)
    client = sign_in(site, "coordinator")
    page = client.get("/booking/staff/waitlist").get_data(as_text=True)
    assert "Nobody waits" in page
    assert page.count("Not confirmed") == 1
    wait(site, MINUTE)
    send(visitor, site, name="Omar", email="omar@example.org", phone="207 555 0143")
    page = client.get("/booking/staff/waitlist").get_data(as_text=True)
    assert "One person waits" in page
    assert page.index("Omar") < page.index("Rosa Samplewood") < page.index("Not confirmed")


def test_the_pages_that_ask_are_in_spanish(visitor: Visitor, site: Service) -> None:
    visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "es"
    pages = [hurry(visitor, site, locale="es")]
    del visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"]
    assert "Abra el enlace del correo que acabamos de enviar a rosa@example.org" in pages[0]
    pages.append(visitor.get(emailed(site)))
    assert "Sí, quiero estar en la lista" in pages[1]
    pages.append(visitor.post(emailed(site)))
    assert "Está en la lista, Rosa" in pages[2]
    assert [english_in(page) for page in pages] == [[]] * 3


def test_a_wrong_link_is_a_kind_404(visitor: Visitor, site: Service) -> None:
    page = visitor.get("/booking/waitlist/confirm/nothing-here")
    assert (visitor.status, "This link no longer works" in page) == (404, True)
    with site.database.reading() as session:
        assert list(session.scalars(select(WaitlistEntryRow))) == []
