"""Which language a page speaks, how links keep it, and that no sentence lacks its Spanish."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Blueprint, render_template_string, request, url_for
from flask.testing import FlaskClient

from shared.web.auth import allow, public
from shared.web.language import gettext, language, ngettext, other_address, speak
from shared.web.permissions import Action
from tests.unit.web.conftest import Site
from tests.unit.web.texts import ROOT, Message, everywhere, spanish, translations

SHARED_PO = ROOT / "shared/web/translations/es.po"
BOOKING_PO = ROOT / "services/booking/web/translations/es.po"
PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Good day, %(name)s"
msgstr "Buenos días, %(name)s"

msgid "%(num)s call"
msgid_plural "%(num)s calls"
msgstr[0] "%(num)s llamada"
msgstr[1] "%(num)s llamadas"

#, fuzzy
msgid "Doubtful"
msgstr "Dudoso"
"""


def look() -> Blueprint:
    blueprint = Blueprint("look", __name__, url_prefix="/booking")

    @blueprint.get("/said")
    @public
    def said() -> str:
        return render_template_string("{{ language() }}: {{ _('Good day, %(name)s', name=name) }}",
                                      name=request.args.get("name", "Rosa"))  # fmt: skip

    @blueprint.get("/of/<locale>")
    @public(personal=True)
    def of(locale: str) -> str:
        speak(locale)
        return language()

    @blueprint.post("/sent")
    @public(csrf=False)
    def sent() -> str:
        return language()

    @blueprint.get("/links")
    @public
    def links() -> str:
        static = url_for("assets.static_file", name="grip.css")
        return f"{url_for('look.said', name='R')} {static} {other_address('en')}"

    @blueprint.get("/counted")
    @public
    def counted() -> str:
        return " · ".join(ngettext("%(num)s call", "%(num)s calls", count) for count in (1, 2))

    @blueprint.get("/doubtful")
    @public
    def doubtful() -> str:
        return f"{gettext('Doubtful')} {gettext('100 %')} {gettext('')}"

    @blueprint.get("/office")
    @allow(Action.VIEW_CONSULTS)
    def office() -> str:
        return language()

    @blueprint.get("/api/v1/language")
    @public
    def api() -> str:
        return language()

    return blueprint


@pytest.fixture
def site(make_site: Callable[..., Site], tmp_path: Path) -> Site:
    """A service whose own folder holds Spanish."""
    folder = tmp_path / "web" / "translations"
    folder.mkdir(parents=True)
    (folder / "es.po").write_text(PO)
    return make_site(look(), templates=tmp_path / "web" / "templates")


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return site.client()


def test_a_page_is_english_until_something_asks_for_spanish(client: FlaskClient) -> None:
    assert client.get("/booking/said").text == "en: Good day, Rosa"
    assert client.get("/booking/said?lang=es").text == "es: Buenos días, Rosa"
    assert client.get("/booking/said?lang=fr").text == "en: Good day, Rosa"


def test_what_is_put_into_a_translated_sentence_is_escaped(client: FlaskClient) -> None:
    assert "Buenos días, &lt;b&gt;" in client.get("/booking/said?lang=es&name=<b>").text


def test_the_browser_is_heeded_when_nothing_else_says_and_caches_are_told(
    client: FlaskClient,
) -> None:
    spanish = {"Accept-Language": "es-MX, es;q=0.9, en;q=0.8"}
    answer = client.get("/booking/said", headers=spanish)
    assert answer.text.startswith("es: ")
    assert "Accept-Language" in answer.headers["Vary"]
    answer = client.get("/booking/said?lang=en", headers=spanish)
    assert answer.text.startswith("en: ")
    assert "Accept-Language" not in answer.headers.get("Vary", "")
    english = {"Accept-Language": "en-US, es;q=0.5"}
    assert client.get("/booking/said", headers=english).text.startswith("en: ")


def test_a_personal_page_speaks_the_language_of_its_person(client: FlaskClient) -> None:
    assert client.get("/booking/of/es").text == "es"
    spanish = {"Accept-Language": "es"}
    assert client.get("/booking/of/en", headers=spanish).text == "en"
    assert client.get("/booking/of/es?lang=en").text == "en"


def test_a_form_is_answered_in_its_own_language(client: FlaskClient) -> None:
    assert client.post("/booking/sent", data={"locale": "es"}).text == "es"
    assert client.post("/booking/sent?lang=en", data={"lang": "es"}).text == "en"
    assert client.post("/booking/sent", data={"locale": "klingon"}).text == "en"


def test_links_carry_on_the_language_of_the_address(client: FlaskClient) -> None:
    page, static, other = client.get("/booking/links?lang=es&tz=UTC").text.split()
    assert page == "/booking/said?name=R&lang=es"
    assert "lang" not in static
    assert other == "/booking/links?tz=UTC&lang=en"
    assert client.get("/booking/links").text.split()[0] == "/booking/said?name=R"


def test_the_other_language_is_never_at_another_site(site: Site) -> None:
    odd = {"PATH_INFO": "//elsewhere.example/?x", "QUERY_STRING": "y=1"}
    with site.app.test_request_context(environ_overrides=odd):
        assert other_address("es") == "/elsewhere.example/%3Fx?y=1&lang=es"
        assert other_address("es", "/booking/?lang=en&tz=UTC") == "/booking/?tz=UTC&lang=es"


def test_counts_have_their_plural(client: FlaskClient) -> None:
    assert client.get("/booking/counted?lang=es").text == "1 llamada · 2 llamadas"
    assert client.get("/booking/counted").text == "1 call · 2 calls"


def test_what_is_doubtful_or_unknown_stays_english(client: FlaskClient) -> None:
    assert client.get("/booking/doubtful?lang=es").text == "Doubtful 100 % "


def test_staff_pages_and_the_api_are_english(site: Site) -> None:
    site.hire()
    spanish = {"Accept-Language": "es"}
    client = site.staff_client()
    assert client.get("/booking/office?lang=es", headers=spanish).text == "en"
    assert client.get("/booking/api/v1/language?lang=es", headers=spanish).text == "en"


def test_a_service_without_translations_speaks_english_and_offers_nothing_else(
    make_site: Callable[..., Site], tmp_path: Path
) -> None:
    client = make_site(look(), templates=tmp_path / "bare" / "templates").client()
    assert client.get("/booking/said?lang=es").text.startswith("en: ")
    assert "hreflang" not in client.get("/booking/privacy?lang=es").text


def test_an_error_page_speaks_the_language_and_offers_the_other(client: FlaskClient) -> None:
    page = client.get("/booking/nowhere?lang=es").text
    assert '<html lang="es">' in page
    assert "Aquí no hay ninguna página" in page
    assert '<a href="/booking/nowhere?lang=en" lang="en" hreflang="en">English</a>' in page


def test_a_form_too_large_to_be_read_is_still_refused_in_words(client: FlaskClient) -> None:
    answer = client.post("/booking/sent", data={"locale": "es", "more": "x" * 70_000})
    assert answer.status_code == 413
    assert "That is more than we can take" in answer.text


# The texts themselves


def test_every_sentence_of_the_public_pages_has_its_spanish() -> None:
    shared, own = everywhere("booking")
    known_to_all, known = translations(SHARED_PO), spanish()
    without = {text: where for text, where in shared.items() if text not in known_to_all}
    without |= {text: where for text, where in own.items() if text not in known}
    assert without == {}


def test_no_spanish_is_kept_for_a_sentence_that_nobody_says() -> None:
    shared, own = everywhere("booking")
    assert set(translations(SHARED_PO)) - set(shared) == set()
    assert set(translations(BOOKING_PO)) - set(own) == set()


def test_spanish_has_the_same_places_for_values() -> None:
    places = re.compile(r"%\(\w+\)s|%(?!\()")
    for english, said in spanish().items():
        for one, other in zip(_forms(english), _forms(said), strict=True):
            assert sorted(places.findall(one)) == sorted(places.findall(other)), one


def test_spanish_ends_a_sentence_where_english_does() -> None:
    for english, said in spanish().items():
        for one, other in zip(_forms(english), _forms(said), strict=True):
            assert (one[-1:] in ".:?") == (other[-1:] in ".:?"), one


def _forms(message: Message) -> tuple[str, ...]:
    return message if isinstance(message, tuple) else (message,)
