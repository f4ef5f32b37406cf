"""How somebody would like to be reached when something changes: asked once, shown to staff."""

import re

import pytest

from shared.service import Service
from tests.integration.booking.desk import sign_in
from tests.integration.booking.office import rows
from tests.integration.booking.visitor import TYPED, Visitor, site, visitor

__all__ = ["site", "visitor"]

URL = "/booking/api/v1/consults"


def kept(site: Service) -> list[str]:
    with site.database.reading() as session:
        return [row.contact_by for row in rows(session)]


def test_the_form_asks_with_email_chosen(visitor: Visitor, site: Service) -> None:
    page = visitor.details()
    choice = page[page.index('<select id="contact_by"') :].partition("</select>")[0]
    assert re.findall(r'value="(\w+)"', choice) == ["email", "phone", "text"]
    assert re.findall(r'value="(\w+)" selected', choice) == ["email"]
    visitor.book()
    assert kept(site) == ["email"]


@pytest.mark.parametrize(
    ("way", "word", "more"),
    [("phone", "Phone", {}), ("text", "Text", {"sms_consent": "on"}), ("email", "Email", {})],
)
def test_what_was_chosen_is_kept_and_shown_to_staff(
    visitor: Visitor, site: Service, way: str, word: str, more: dict[str, str]
) -> None:
    visitor.book(contact_by=way, **more)
    assert kept(site) == [way]
    with site.database.reading() as session:
        consult_id = rows(session)[0].id
    page = sign_in(site, "consultant").get(f"/booking/staff/consults/{consult_id}").text
    assert f'<th scope="row">Reach by</th><td>{word}</td>' in page


def test_texts_need_the_tick_and_the_form_says_so(visitor: Visitor, site: Service) -> None:
    page = visitor.book(contact_by="text")
    assert visitor.status == 422
    assert page.count("To be reached by text, tick the box that lets us text you.") == 2
    assert 'value="text" selected' in page
    assert kept(site) == []


def test_the_api_takes_it_too_and_means_email_when_it_says_nothing(
    visitor: Visitor, site: Service
) -> None:
    body = {name: TYPED[name] for name in ("start", "timezone", "name", "email", "phone")}
    wrong = visitor.client.post(URL, json=body | {"contact_by": "text"})
    assert (wrong.status_code, list(wrong.get_json()["fields"])) == (422, ["contact_by"])
    unknown = visitor.client.post(URL, json=body | {"contact_by": "fax"})
    assert (unknown.status_code, list(unknown.get_json()["fields"])) == (422, ["contact_by"])
    assert visitor.client.post(URL, json=body).status_code == 201
    assert kept(site) == ["email"]
