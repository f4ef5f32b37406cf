"""The waitlist's pages without script, in both languages, and what staff see of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from werkzeug.datastructures import MultiDict

from services.booking.tables import ConsultantRow, PersonRow, WaitlistEntryRow
from services.booking.web import limits
from shared.db.common import audit_log
from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.desk import sign_in
from tests.integration.booking.office import NOW, published, rows
from tests.integration.booking.site import open_site
from tests.integration.booking.test_spanish_pages import english_in
from tests.integration.booking.visitor import Visitor, site, visitor
from tests.integration.booking.waiting import announced, answers, standing, token_in

__all__ = ["site", "visitor"]

FORM = "/booking/waitlist?tz=America/Chicago"
TYPED = {
    "timezone": "America/Chicago",
    "weeks": "2",
    "name": "Rosa Samplewood",
    "email": "rosa@example.org",
    "phone": "207 555 0176",
    "meeting": "phone",
    "locale": "en",
}
TICKED = ("2-morning", "0-morning", "1-morning", "4-evening")


def send(visitor: Visitor, *ticked: str, **changed: str) -> str:
    """Open the form and send it; `lang` is carried by the locale field, as on the page."""
    visitor.get(FORM)
    token = visitor.hidden("csrf_token")
    sent: MultiDict[str, str] = MultiDict({"csrf_token": token, **TYPED, **changed})
    for each in ticked or TICKED:
        sent.add("window", each)
    return visitor._take(visitor.client.post(FORM, data=sent, follow_redirects=True))


def press(visitor: Visitor, path: str) -> str:
    """Press the button that posts to this path, on a page that is open still."""
    visitor.get(FORM)
    return visitor.post(path)


def entries(site: Service) -> list[Any]:
    with site.database.reading() as session:
        found = list(session.scalars(select(WaitlistEntryRow)))
        session.expunge_all()
        return found


def step(site: Service) -> None:
    """What the site's own job does."""
    job = next(each for each in site.jobs if each.name == "waitlist")
    job.step(site.app.extensions["grip"].clock.now())


def offer_path(site: Service) -> str:
    step(site)
    return f"/booking/offer/{token_in(announced(site.database)[-1])}"


def test_the_link_under_the_times_leads_to_the_form_in_the_same_zone(visitor: Visitor) -> None:
    page = visitor.get("/booking/?tz=America/Los_Angeles")
    link = re.search(r'href="(/booking/waitlist[^"]+)">Tell us when you are free', page)
    assert link is not None
    page = visitor.get(link.group(1))
    assert "<h1>Tell us when you are free</h1>" in page
    assert re.search(r'value="America/Los_Angeles" selected', page)


def test_with_nothing_free_the_list_is_offered(site: Service, visitor: Visitor) -> None:
    site.database.run(lambda s: s.execute(update(ConsultantRow).values(active=False)))
    page = visitor.get("/booking/")
    assert "No times are free just now." in page
    assert "None of these suit you?" not in page
    assert re.search(r'<a href="/booking/waitlist[^>]+>Tell us when you are free</a>, and we', page)


def test_joining_shows_what_was_asked_and_what_comes_next(visitor: Visitor, site: Service) -> None:
    page = send(visitor)
    assert visitor.status == 200
    assert re.fullmatch(r"/booking/waitlist/[\w-]{22,}", visitor.path)
    assert "You are on the list, Rosa" in page
    assert "Monday to Wednesday: morning" in page
    assert "Friday: evening" in page
    assert "By phone, until Monday, January 18." in page
    assert "write to you by email." in page
    (row,) = entries(site)
    assert (row.timezone, row.consent_granted) == ("America/Chicago", False)
    assert row.given == {
        "name": "Rosa Samplewood",
        "email": "rosa@example.org",
        "phone": "+12075550176",
    }
    with site.database.reading() as session:
        (notice,) = (each.event for each in published(session))
    assert notice.url.endswith(visitor.path)


def test_the_consent_that_is_kept_is_the_one_that_was_shown(
    visitor: Visitor, site: Service
) -> None:
    page = visitor.get(FORM)
    shown = "Harbor House may text me when a time is free, to confirm the call and the day before"
    assert shown in page
    assert not re.search(r'name="sms_consent"[^>]*checked', page)
    send(visitor, sms_consent="on")
    assert "by email and text" in visitor.page
    (row,) = entries(site)
    assert (row.consent_granted, row.consent_version) == (True, "sms-waitlist-1")


def test_errors_keep_all_that_was_typed_and_ticked(visitor: Visitor, site: Service) -> None:
    page = send(visitor, "3-evening", email="rosa", weeks="8")
    assert visitor.status == 422
    assert "<title>Error:" in page
    assert page.count("Enter the whole email address") == 2
    assert 'value="Rosa Samplewood"' in page
    assert re.findall(r'value="([\w-]+)"[^>]*checked', page) == ["3-evening", "8", "phone"]
    nothing = dict(TYPED)
    token = visitor.hidden("csrf_token")
    answer = visitor.client.post(FORM, data={"csrf_token": token, **nothing})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert '<a href="#windows">Tick at least one part of the week.</a>' in page
    assert 'id="windows"' in page
    assert entries(site) == []


@pytest.mark.parametrize(
    "changed", [{"weeks": "99"}, {"weeks": ""}, {"timezone": "Nowhere"}, {"meeting": "x"}]
)
def test_what_the_form_cannot_send_is_refused_calmly(
    visitor: Visitor, site: Service, changed: dict[str, str]
) -> None:
    send(visitor, **changed)
    assert visitor.status == 422
    send(visitor, "9-night")
    assert visitor.status == 422
    assert entries(site) == []


def test_the_filled_trap_joins_nobody_and_a_form_without_token_neither(
    visitor: Visitor, site: Service
) -> None:
    page = send(visitor, website="http://spam.example")
    assert visitor.status == 422
    assert "We could not send this" in page
    answer = site.app.test_client().post("/booking/waitlist", data=TYPED)
    assert answer.status_code == 400
    assert entries(site) == []


def test_the_same_form_twice_is_one_place_and_one_email(visitor: Visitor, site: Service) -> None:
    send(visitor)
    first = visitor.path
    send(visitor)
    assert visitor.path == first
    assert len(entries(site)) == 1
    with site.database.reading() as session:
        assert len(published(session)) == 1


def test_one_address_gets_few_emails_a_day(sqlite_database: DatabaseFactory) -> None:
    service = open_site(str(sqlite_database("booking").engine.url), NOW, scale=1)
    visitor = Visitor(service.app.test_client())
    clock = service.app.extensions["grip"].clock
    for minute in range(limits.BOOKINGS_A_DAY + 1):
        clock.set(NOW + timedelta(minutes=minute))
        page = send(visitor, phone=f"207 555 01{minute:02d}")
    assert visitor.status == 429
    assert "we take no more with it until tomorrow" in page
    assert 'value="Rosa Samplewood"' in page
    assert len(entries(service)) == limits.BOOKINGS_A_DAY


def test_leaving_is_a_button_and_reading_changes_nothing(visitor: Visitor, site: Service) -> None:
    send(visitor)
    mine = visitor.path
    for _ in range(2):
        visitor.client.get(f"{mine}/leave")
        visitor.get(mine)
    assert standing(site.database) == {"Rosa Samplewood": "waiting"}
    page = press(visitor, f"{mine}/leave")
    assert "You are off the list" in page
    assert visitor.path == mine
    assert standing(site.database) == {"Rosa Samplewood": "left"}
    assert visitor.get("/booking/waitlist/nothing-like-this")
    assert visitor.status == 404


def test_an_offer_is_taken_by_button_once_and_leads_to_the_call(
    visitor: Visitor, site: Service
) -> None:
    send(visitor, "2-morning")
    mine = visitor.path
    path = offer_path(site)
    page = visitor.get(path)
    assert "A time is free, Rosa" in page
    assert "Held for you until 11:00 AM, not booked yet" in page
    assert "Wednesday, January 6" in page
    assert "8:00 to 8:20 AM, Central Time" in page
    assert "A time is held for you until 11:00 AM." in visitor.get(mine)
    visitor.client.get(f"{path}/accept")
    visitor.client.head(path)
    assert answers(site.database) == ["open"]
    visitor.get(path)
    for _ in range(2):
        page = press(visitor, f"{path}/accept")
        assert "You are booked, Rosa" in page
        assert visitor.path.startswith("/booking/m/")
    call = visitor.path
    visitor.get(path)
    assert visitor.path == call
    assert "You have a call, Rosa" in visitor.get(mine)
    with site.database.reading() as session:
        assert [row.status for row in rows(session)] == ["booked"]


def test_an_offer_is_let_go_by_button_and_they_stay_on_the_list(
    visitor: Visitor, site: Service
) -> None:
    send(visitor, "2-morning")
    mine, path = visitor.path, offer_path(site)
    visitor.get(path)
    page = press(visitor, f"{path}/decline")
    assert visitor.path == mine
    assert "You let this time go. You are still on the list." in page
    page = visitor.get(path)
    assert "This time is no longer held" in page
    assert "You let it go. You are still on the list." in page
    press(visitor, f"{path}/accept")
    assert visitor.status == 409
    assert "This time is no longer held" in visitor.page


def test_an_offer_that_is_over_says_so_kindly(visitor: Visitor, site: Service) -> None:
    send(visitor, "2-morning")
    path = offer_path(site)
    visitor.get(path)
    site.app.extensions["grip"].clock.set(NOW + timedelta(hours=2))
    for page in (visitor.get(path), press(visitor, f"{path}/accept")):
        assert "It was held for you until 11:00 AM and has passed on." in page
        assert "Nothing is lost: you are still on the list, in your place." in page
        assert "Choose a time" in page
    assert visitor.status == 409
    assert visitor.get("/booking/offer/nothing-like-this")
    assert visitor.status == 404


def test_the_page_shows_what_its_form_said_and_nothing_of_the_person(
    visitor: Visitor, site: Service
) -> None:
    send(visitor)
    with site.database.transaction() as session:
        session.scalars(select(PersonRow)).one().name = "Another Name"
    page = visitor.get(visitor.path)
    assert "You are on the list, Rosa" in page
    assert "Another" not in page


def test_the_whole_way_is_in_spanish(visitor: Visitor, site: Service) -> None:
    visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "es-MX,es;q=0.9"
    pages = [visitor.get(FORM)]
    assert "<h1>Díganos cuándo puede</h1>" in pages[0]
    assert 'aria-label="Miércoles, mañana, 8–12"' in pages[0]
    assert "puede enviarme mensajes de texto cuando haya una hora libre" in pages[0]
    pages.append(send(visitor, "2-morning", "3-morning", "4-morning", locale="es", phone="1"))
    assert "Escriba los diez dígitos" in visitor.page
    chosen = ("2-morning", "3-morning", "4-morning")
    pages.append(send(visitor, *chosen, locale="es", sms_consent="on"))
    mine = visitor.path
    assert "Está en la lista, Rosa" in visitor.page
    assert "De miércoles a viernes: mañana" in visitor.page
    assert "Por teléfono, hasta el lunes 18 de enero." in visitor.page
    (row,) = entries(site)
    assert row.consent_version == "sms-waitlist-1.es"
    path = offer_path(site)
    del visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"]
    pages += [visitor.get(path), visitor.get(mine)]
    assert "Guardada para usted hasta las 11:00 a. m., todavía sin reservar" in pages[-2]
    visitor.get(path)
    pages += [press(visitor, f"{path}/decline"), visitor.get(path)]
    assert "Dejó pasar esta hora. Sigue en la lista." in pages[-2]
    visitor.get(mine)
    pages.append(press(visitor, f"{mine}/leave"))
    assert "Ya no está en la lista" in pages[-1]
    assert [english_in(page) for page in pages] == [[]] * len(pages)
    assert all('<html lang="es">' in page for page in pages)


def test_staff_see_who_waits_in_order_and_take_somebody_off(site: Service) -> None:
    visitor = Visitor(site.app.test_client())
    send(visitor)
    site.app.extensions["grip"].clock.set(NOW + timedelta(minutes=1))
    send(visitor, "3-morning", name="Omar", email="omar@example.org", phone="207 555 0143")
    step(site)
    client = sign_in(site, "coordinator")
    page = client.get("/booking/staff/waitlist").get_data(as_text=True)
    assert "Two people wait" in page
    assert page.index("Rosa Samplewood") < page.index("Omar")
    assert "Monday to Wednesday: morning; Friday: evening" in page
    assert "Time held" in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    remove = re.search(r'action="([^"]+/remove)"', page)
    assert token is not None
    assert remove is not None
    answer = client.post(
        remove.group(1), data={"csrf_token": token.group(1)}, follow_redirects=True
    )
    assert "Rosa Samplewood is off the waitlist." in answer.get_data(as_text=True)
    assert standing(site.database) == {"Rosa Samplewood": "left", "Omar": "offered"}
    with site.database.reading() as session:
        last = session.execute(select(audit_log).order_by(audit_log.c.id.desc())).first()
        assert last is not None
        assert (last.actor, last.action) == ("staff:s1", "waitlist.remove")


def test_consultants_see_the_list_and_change_nothing_and_others_see_nothing(site: Service) -> None:
    visitor = Visitor(site.app.test_client())
    send(visitor)
    page = sign_in(site, "consultant").get("/booking/staff/waitlist").get_data(as_text=True)
    assert "One person waits" in page
    assert "/remove" not in page
    assert sign_in(site, "clinician").get("/booking/staff/waitlist").status_code == 403
    client = sign_in(site, "coordinator")
    page = client.get("/booking/staff/waitlist").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    gone = client.post("/booking/staff/waitlist/none/remove", data={"csrf_token": token.group(1)})
    assert gone.status_code == 404
