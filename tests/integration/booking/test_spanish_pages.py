"""The public pages in Spanish: the whole way, failures too, and the consent that is kept."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar

from services.booking.domain.person import CONSENT_TEXT, CONSENT_VERSIONS
from shared.service import Service
from tests.integration.booking.office import GRID, NOW, TEN, book, rows, wanted
from tests.integration.booking.visitor import START, TYPED, Visitor, at, site
from tests.unit.web.texts import spanish

__all__ = ["site"]

IN_SPANISH = TYPED | {"locale": "es"}


@pytest.fixture
def visitor(site: Service) -> Visitor:
    """Somebody whose browser prefers Spanish."""
    visitor = Visitor(site.app.test_client())
    visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "es-MX,es;q=0.9,en;q=0.5"
    return visitor


def english_in(page: str) -> list[str]:
    """Our English sentences that a page still says."""
    words = re.sub(r"<[^>]+>", " ", page)
    both = [(text, said) for text, said in spanish().items() if isinstance(text, str)]
    texts = [text for text, said in both if text != said and len(text) > 8 and "%(" not in text]
    return [text for text in texts if re.search(rf"\b{re.escape(text)}(?!\w)", words)]


def reserve(visitor: Visitor, **changed: str) -> str:
    visitor.details(changed.get("start", START))
    key = visitor.hidden("key")
    return visitor.post("/booking/book", key=key, **(IN_SPANISH | changed))


def test_the_whole_way_is_in_spanish(visitor: Visitor) -> None:
    page = visitor.get("/booking/?tz=America/New_York")
    assert '<html lang="es">' in page
    assert "Elija una hora para hablar" in page
    assert "Las horas se muestran en hora del Este." in page
    assert 'aria-label="Miércoles 6 de enero, 10:00 a. m., hora del Este"' in page
    assert "¿Ninguna le conviene?" in page
    assert "¿Necesita hablar con alguien ahora mismo?" in page
    pages = [page, visitor.details()]
    assert "Su hora, todavía sin reservar" in visitor.page
    assert "de 9:00 a 9:20 a. m., hora del Centro" in visitor.page
    assert CONSENT_TEXT["es"].format(practice="Harbor House") in visitor.page
    pages.append(reserve(visitor))
    mine = visitor.path
    assert "Su llamada está reservada, Rosa" in visitor.page
    assert "Le enviamos estos datos a rosa@example.org" in visitor.page
    pages += [visitor.get(f"{mine}/move"), visitor.get(f"{mine}/cancel")]
    pages += [visitor.get("/booking/privacy"), visitor.get("/booking/m/nothing-here")]
    assert "Este enlace ya no funciona" in visitor.page
    assert "Quizá haya uno más nuevo en nuestro último correo." in visitor.page
    assert [english_in(page) for page in pages] == [[]] * len(pages)


def test_errors_are_said_in_spanish_and_keep_what_was_typed(visitor: Visitor) -> None:
    page = reserve(visitor, phone="207 555 01")
    assert visitor.status == 422
    assert "<title>Error: Sus datos" in page
    assert "Falta corregir una cosa" in page
    assert page.count("Escriba los diez dígitos, por ejemplo 207 555 0176.") == 2
    assert 'value="207 555 01"' in page
    assert "Hay que corregir dos cosas" in reserve(visitor, phone="1", email="rosa")


def test_a_time_just_taken_is_said_in_spanish(visitor: Visitor, site: Service) -> None:
    visitor.details()
    book(site.database, wanted(number=2))
    page = visitor.post("/booking/book", key="k", **IN_SPANISH)
    assert "Esa hora acaba de ocuparse" in page
    assert "Lo que escribió sigue aquí. Estas son cercanas:" in page
    assert re.search(r'<label for="start-1">[A-ZÁÉ]\w+ \d+ de enero, ', page)
    assert english_in(page) == []


def test_moving_is_said_in_spanish_whether_won_or_lost(visitor: Visitor, site: Service) -> None:
    reserve(visitor)
    mine = visitor.path
    book(site.database, wanted(TEN + GRID, 2))
    visitor.get(f"{mine}/move")
    page = visitor.post(f"{mine}/move", start=at(1))
    lost = "Esa hora acaba de ocuparse. Su llamada del miércoles a las 9:00 a. m. sigue igual."
    assert lost in page
    page = visitor.post(f"{mine}/move", start=at(13))
    moved = "Su llamada cambió de hora. Ahora es el miércoles 6 de enero, 1:20 p. m., hora del"
    assert moved in page
    book(site.database, wanted(TEN + 14 * GRID, 3))
    visitor.get(f"{mine}/move")
    page = visitor.post(f"{mine}/move", start=at(14))
    assert "Su llamada del miércoles a la 1:20 p. m. sigue igual." in page


def test_the_page_behind_a_link_speaks_the_language_of_its_booking(
    visitor: Visitor, site: Service
) -> None:
    reserve(visitor)
    stranger = Visitor(site.app.test_client())
    assert "Su llamada está reservada" in stranger.get(visitor.path)
    page = stranger.get(f"{visitor.path}?lang=en")
    assert "You are booked, Rosa" in page
    assert f'href="{visitor.path}/move?lang=en"' in page
    assert f'href="{visitor.path}?lang=es" lang="es" hreflang="es">Español</a>' in page


def test_the_calendar_file_is_in_the_language_of_the_booking(visitor: Visitor) -> None:
    reserve(visitor)
    visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    answer = visitor.client.get(f"{visitor.path}/call.ics")
    event = Calendar.from_ical(answer.data).walk("VEVENT")[0]
    assert str(event["SUMMARY"]) == "Llamada con Maya"


def test_the_language_of_the_address_goes_with_links_and_forms(site: Service) -> None:
    visitor = Visitor(site.app.test_client())
    page = visitor.get("/booking/?lang=es")
    assert '<input type="hidden" name="lang" value="es">' in page
    assert "/booking/waitlist?tz=America%2FNew_York&lang=es" in page.replace("/New", "%2FNew")
    inside = re.findall(r'(?:href|action)="(/booking/[^"]*)"', page)
    assert len(inside) > 8
    assert [url for url in inside if "/static/" not in url and "lang=" not in url] == []
    page = visitor.get(f"/booking/details?start={START}&tz=UTC&lang=es")
    assert 'action="/booking/book?lang=es"' in page
    assert visitor.hidden("locale") == "es"


def test_consent_is_kept_with_the_version_of_the_wording_that_was_shown(
    visitor: Visitor, site: Service
) -> None:
    reserve(visitor, sms_consent="on")
    with site.database.reading() as session:
        (row,) = rows(session)
        assert (row.locale, row.consent_version) == ("es", CONSENT_VERSIONS["es"])
    assert CONSENT_VERSIONS["es"] != CONSENT_VERSIONS["en"]
    assert set(CONSENT_VERSIONS) == set(CONSENT_TEXT)


def test_the_api_answers_in_english_whatever_the_browser_prefers(visitor: Visitor) -> None:
    answer = visitor.client.post("/booking/api/v1/consults?lang=es", json={"locale": "es"})
    assert answer.status_code == 422
    assert answer.json
    assert answer.json["fields"]["name"] == "This is needed."


def test_a_call_that_began_is_said_with_its_hour(visitor: Visitor, site: Service) -> None:
    reserve(visitor)
    site.app.extensions["grip"].clock.set(TEN + timedelta(minutes=1))
    assert "Su llamada es ahora, Rosa" in visitor.get(visitor.path)
    assert "Empezó a las 9:00 a. m.; para comunicarse con nosotros" in visitor.page
    site.app.extensions["grip"].clock.set(NOW)
