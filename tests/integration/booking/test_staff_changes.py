"""Staff's pages for booking, moving, handing over and calling off calls."""

import re

import pytest

from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.desk import acts, book_here, look, press, sign_in, the_call
from tests.integration.booking.office import (
    GRID,
    NOW,
    TEN,
    book,
    employ,
    load,
    published,
    rows,
    wanted,
)
from tests.integration.booking.site import open_site
from tests.integration.booking.visitor import at

SOON = "2027-01-04T16:00:00Z"
BOOK = "/booking/staff/book"
DETAILS = f"{BOOK}/details?start={SOON}"
FORM = {
    "start": SOON,
    "name": "Wen",
    "phone": "207 555 0188",
    "timezone": "America/Chicago",
    "locale": "es",
    "meeting": "phone",
    "key": "k1",
}


@pytest.fixture
def site(any_database: DatabaseFactory) -> Service:
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    service = open_site(url, NOW)
    employ(service.database)
    return service


def newest(site: Service) -> object:
    with site.database.reading() as session:
        return published(session)[-1].event


def test_times_sooner_than_the_notice_are_shown_to_staff(site: Service) -> None:
    client = sign_in(site, "coordinator")
    page = look(client, f"{BOOK}?tz=America/New_York")
    assert f'value="{SOON}"' in page
    assert f'value="{SOON}"' not in look(client, "/booking/?tz=America/New_York")


def test_staff_book_for_somebody_with_a_phone_alone(site: Service) -> None:
    client = sign_in(site, "coordinator")
    status, page = press(client, DETAILS, BOOK, **FORM, sms_consent="on")
    assert status == 200
    assert "The call is booked: Monday, January 4, 11:00 AM Eastern Time." in page
    assert "Booked for them by Nora." in page
    event = newest(site)
    person = event.person  # type: ignore[attr-defined]
    assert (person.name, person.phone, person.email) == ("Wen", "+12075550188", None)
    consent = person.sms_consent
    assert (consent.granted, consent.method) == (True, "staff")
    assert consent.text_version == "sms-consult-1.es"
    assert event.by == "staff"  # type: ignore[attr-defined]


def test_the_same_form_twice_is_one_call(site: Service) -> None:
    client = sign_in(site, "coordinator")
    for _ in range(2):
        assert press(client, DETAILS, BOOK, **FORM)[0] == 200
    with site.database.reading() as session:
        assert len(rows(session)) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"phone": ""}, "Enter an email or a phone number"),
        ({"phone": "", "email": "wen@example.org"}, "Enter a phone number to call"),
        ({"meeting": "video"}, "Enter an email, where the link to the video call goes"),
        ({"phone": "12"}, "Enter all ten digits"),
        ({"name": " "}, "Enter a name."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    site: Service, changed: dict[str, str], words: str
) -> None:
    client = sign_in(site, "coordinator")
    status, page = press(client, DETAILS, BOOK, **(FORM | changed))
    assert status == 422
    assert words in page
    assert 'value="en"' in page
    assert f'name="start" value="{SOON}"' in page


def test_a_time_that_is_gone_offers_others_near_it(site: Service) -> None:
    book(site.database, wanted(TEN))
    client = sign_in(site, "coordinator")
    status, page = press(client, DETAILS, BOOK, **(FORM | {"start": at(0)}))
    assert status == 409
    assert f'value="{at(1)}"' in page
    assert 'value="Wen"' in page


def test_a_known_person_is_booked_as_they_are_known(site: Service) -> None:
    book(site.database, wanted(TEN))
    client = sign_in(site, "coordinator")
    with site.database.reading() as session:
        known = rows(session)[0].person_id
    page = look(client, f"{DETAILS}&person={known}")
    assert "A call with Rosa 1" in page
    assert "(207) 555-0101, rosa1@example.org." in page
    form = FORM | {"person": known, "name": "Mallory", "email": "m@example.org"}
    press(client, DETAILS, BOOK, **form)
    event = newest(site)
    assert event.person.person_id == known  # type: ignore[attr-defined]
    assert event.person.email == "rosa1@example.org"  # type: ignore[attr-defined]


def test_staff_move_a_call_and_are_told_who_hears_of_it(site: Service) -> None:
    book(site.database, wanted(TEN))
    client, path = sign_in(site, "coordinator"), the_call(site)
    status, page = press(client, f"{path}/move", f"{path}/move", start=SOON)
    assert status == 200
    assert "The call is moved to Monday, January 4, 11:00 AM" in page
    assert "Rosa 1 is told of it." in page
    assert "Moved by Nora." in page


def test_a_move_that_comes_too_late_leaves_the_call(site: Service) -> None:
    book(site.database, wanted(TEN))
    book(site.database, wanted(TEN + GRID, 2))
    client, path = sign_in(site, "coordinator"), the_call(site)
    status, page = press(client, f"{path}/move", f"{path}/move", start=at(1))
    assert status == 409
    assert "The call stays as it was." in page


def test_another_consultant_is_chosen_from_who_is_free(site: Service) -> None:
    call = book(site.database, wanted(TEN))
    client, path = sign_in(site, "coordinator"), the_call(site)
    assert "Nobody else is free at that time." in look(client, f"{path}/consultant")
    tomas = employ(site.database, "Tomas Sampler")
    assert "Tomas Sampler" in look(client, f"{path}/consultant")
    page = press(client, f"{path}/consultant", f"{path}/consultant", consultant=tomas)[1]
    assert "The call is now with Tomas Sampler. Rosa 1 is told by email." in page
    with site.database.reading() as session:
        assert load(session, call).consultant_id == tomas
    status, page = press(client, path, f"{path}/consultant", consultant="nobody")
    assert (status, "The call stays as it was." in page) == (409, True)


def test_staff_call_a_call_off_on_a_page_of_its_own(site: Service) -> None:
    book(site.database, wanted(TEN))
    client, path = sign_in(site, "coordinator"), the_call(site)
    assert "Cancel this call?" in look(client, f"{path}/cancel")
    page = press(client, f"{path}/cancel", f"{path}/cancel")[1]
    assert "The call is cancelled. Rosa 1 is told of it." in page
    assert "Cancelled by Nora." in page
    assert "Move it" not in page
    assert newest(site).by == "staff"  # type: ignore[attr-defined]
    assert acts(site).count("consult.cancel") == 1


def test_consultants_change_nobodys_calls(site: Service) -> None:
    book(site.database, wanted(TEN))
    client, path = sign_in(site, "consultant"), the_call(site)
    assert "Change the call" not in look(client, path)
    for each in (BOOK, DETAILS, f"{path}/move", f"{path}/consultant", f"{path}/cancel"):
        assert client.get(each).status_code == 403


def test_people_who_look_alike_are_made_one_or_told_apart(site: Service) -> None:
    book_here(site, wanted(TEN))
    for number in (2, 3):
        start = TEN + number * GRID
        book_here(site, wanted(start, number, phone="+12075550101"))
    client, people = sign_in(site, "coordinator"), "/booking/staff/people"
    page = look(client, people)
    ids = re.findall(r'name="into" value="([^"]+)"', page)
    assert len(ids) == 3
    nothing = press(client, people, f"{people}/merge", into=ids[0])[1]
    assert "Choose the record that stays" in nothing
    merged = press(client, people, f"{people}/merge", into=ids[0], same=[ids[0], ids[1]])[1]
    assert "They are one record now" in merged
    left = re.findall(r'name="into" value="([^"]+)"', merged)
    assert len(left) == 2
    page = press(client, people, f"{people}/apart", person=left)[1]
    assert "They are kept as different people." in page
    assert "No possible duplicates" in page
